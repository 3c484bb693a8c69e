{#
  What employees passed on, as last observed and not taken back, each with the post that it is about: by the key that it
  names, else by the address, however that is spelt, where only one post has it.
#}

with flags as (

    select *, {{ spelt_alike('post_url') }} as spelt_url
    from (

        {{ latest_observations(['stg_files__employee_flags'], 'flag_id', living=true) }}

    ) as latest

),

flagged as (

    select distinct spelt_url from flags
    where spelt_url is not null

),

addresses as (

    select flagged.spelt_url, min(posts.post_key) as post_key, count(*) as posts
    from {{ ref('int_posts') }} as posts
    inner join flagged on {{ spelt_alike('posts.url') }} = flagged.spelt_url
    group by flagged.spelt_url

),

named as (

    select posts.post_key
    from {{ ref('int_posts') }} as posts
    inner join (select distinct post_key from flags where post_key is not null) as keys on posts.post_key = keys.post_key

)

select
    flags.source_name || ':' || flags.flag_id as flag_key,
    flags.flag_kind,
    flags.note,
    flags.employee_key,
    flags.post_url,
    flags.flagged_at,
    {{ reporting_date('flags.flagged_at') }} as flagged_date,
    coalesce(named.post_key, case when addresses.posts = 1 then addresses.post_key end) as post_key,
    case
        when named.post_key is not null or addresses.posts = 1 then null
        when flags.post_key is null and flags.post_url is null then 'no post named'
        when addresses.posts > 1 then 'several posts'
        else 'not in the data'
    end as post_unknown_reason
from flags
left join named on flags.post_key = named.post_key
left join addresses on flags.spelt_url = addresses.spelt_url
