with posts as (

    select * from {{ ref('fct_posts') }}
    where author_key is not null

),

authors as (

    select
        author_key,
        platform,
        min(posted_at) as first_post_at,
        max(posted_at) as last_post_at,
        cast(count(*) as bigint) as post_count,
        cast(count(distinct post_date) as bigint) as active_days,
        max(author_followers) as max_followers,
        cast(count(case when exclusion_reason = 'spam' then 1 end) as bigint) as spam_post_count
    from posts
    group by author_key, platform

)

select
    authors.author_key,
    authors.platform,
    owned.entity_id as owner_entity_id,
    authors.first_post_at,
    authors.last_post_at,
    authors.post_count,
    authors.active_days,
    authors.max_followers,
    authors.spam_post_count
from authors
left join {{ ref('int_owned_accounts') }} as owned on authors.author_key = owned.author_key
