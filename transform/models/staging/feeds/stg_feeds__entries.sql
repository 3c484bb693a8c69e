with source as (

    select * from {{ source('raw_feeds', 'entries') }}
    where {{ completed_loads('raw_feeds') }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        entry_id as native_post_id,
        author_key,
        cast(null as varchar) as parent_post_id,
        cast(null as varchar) as reshared_post_id,
        _dlt_load_id as load_id,

        -- strings
        'web' as platform,
        'article' as post_type,
        title,
        text,
        url,
        language as language_tag,
        detected_language,
        cast(null as varchar) as country,

        -- numerics
        cast(null as bigint) as author_followers,
        {% for atom in engagement_atoms() %}cast(null as bigint) as {{ atom }},
        {% endfor %}
        -- booleans
        cast(null as boolean) as author_is_verified,
        false as is_deleted,

        -- timestamps
        created_at,
        edited_at,
        observed_at

    from source

)

select * from renamed
