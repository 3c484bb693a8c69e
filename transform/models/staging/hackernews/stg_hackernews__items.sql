with source as (

    select * from {{ source('raw_hackernews', 'items') }}
    where {{ completed_loads('raw_hackernews') }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        item_id as native_post_id,
        author_key,
        parent_item_id as parent_post_id,
        cast(null as varchar) as reshared_post_id,
        _dlt_load_id as load_id,

        -- strings
        'hackernews' as platform,
        case item_type when 'comment' then 'comment' else 'original' end as post_type,
        title,
        text,
        url,
        cast(null as varchar) as language_tag,
        detected_language,
        cast(null as varchar) as country,

        -- numerics
        cast(null as bigint) as author_followers,
        score as like_count,
        descendants as comment_count,
        cast(null as bigint) as share_count,
        cast(null as bigint) as quote_count,
        cast(null as bigint) as save_count,
        cast(null as bigint) as click_count,
        cast(null as bigint) as view_count,
        cast(null as bigint) as impression_count,

        -- booleans
        cast(null as boolean) as author_is_verified,
        coalesce(is_deleted, false) as is_deleted,

        -- timestamps
        created_at,
        cast(null as timestamp with time zone) as edited_at,
        observed_at

    from source

)

select * from renamed
