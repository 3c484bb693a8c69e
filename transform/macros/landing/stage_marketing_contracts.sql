{# Staging of the marketing contracts that several sources share (see ingestion/landing/marketing.py, rivals.py). #}

{% macro stage_post_insights(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'post_insights') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        post_id as native_post_id,
        account_key,
        _dlt_load_id as load_id,

        -- strings
        platform,
        unavailable_reason,

        -- numerics
        reach_count,
        impression_count,
        click_count,
        view_count,
        like_count,
        comment_count,
        share_count,
        save_count,

        -- timestamps
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_account_metrics(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'account_metrics') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        account_key,
        _dlt_load_id as load_id,

        -- strings
        platform,
        audience_kind,
        unavailable_reason,

        -- numerics
        follower_count,
        reach_count,
        impression_count,
        profile_view_count,

        -- timestamps
        measured_on,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_ad_costs(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'ad_costs') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        campaign as campaign_name,
        _dlt_load_id as load_id,

        -- strings
        platform,
        coalesce(ad_group, '') as ad_group,
        currency,

        -- numerics
        cost,
        impression_count,
        click_count,

        -- timestamps
        cost_date,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_web_sessions(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'web_sessions') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        session_id,
        visitor_key,
        _dlt_load_id as load_id,

        -- strings
        utm_source,
        utm_medium,
        utm_campaign,
        currency,

        -- numerics
        revenue,

        -- booleans
        coalesce(is_conversion, false) as is_conversion,

        -- timestamps
        started_at,
        observed_at

    from source

)

select * from renamed
{% endmacro %}

{% macro stage_rival_labels(raw_schema) %}
with source as (

    select * from {{ source(raw_schema, 'rival_labels') }}
    where {{ completed_loads(raw_schema) }}

),

renamed as (

    select
        -- ids
        observation_id,
        source_name,
        post_id as native_post_id,
        _dlt_load_id as load_id,

        -- strings
        suite,
        sentiment as rival_label,

        -- timestamps
        observed_at

    from source

)

select * from renamed
{% endmacro %}
