with posts as (

    select * from {{ ref('fct_posts') }}

)

select
    platform,
    cast(count(*) as bigint) as post_count,
    {% for atom in engagement_atoms() -%}
    case when count({{ atom }}) > 0 then 'observed' else 'not_provided' end as {{ atom | replace('_count', '') }}_availability,
    {% endfor -%}
    case when count(author_followers) > 0 then 'observed' else 'not_provided' end as followers_availability
from posts
group by platform
