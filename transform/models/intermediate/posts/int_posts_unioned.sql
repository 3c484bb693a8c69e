{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'loads'}
) }}
-- depends_on: {{ ref('int_open_work') }}

{% set post_models = ['stg_demo__posts', 'stg_files__posts', 'stg_hackernews__items', 'stg_feeds__entries'] %}

with observations as (

    {% for model in post_models %}
    select {{ post_observation_columns() | join(', ') }}
    from {{ ref(model) }}
    {% if is_incremental() -%}
    where load_id in ({{ open_loads() }})
    {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

numbered as (

    select
        *,
        source_name || ':' || native_post_id as post_key,
        row_number() over (partition by observation_id order by load_id) as copy_number
    from observations

),

-- A load that a crash made dlt repeat brings the same observation again: the first one stays.
distinct_observations as (

    select * from numbered
    where copy_number = 1
    {% if is_incremental() -%}
        and observation_id not in (
            select known.observation_id from {{ this }} as known
            where known.load_id not in ({{ open_loads() }})
        )
    {%- endif %}

),

-- The day of a post never moves, whatever a later observation says of its creation time.
first_sightings as (

    select
        post_key,
        {{ value_at_min('created_at', "load_id || ' ' || cast(observed_at as varchar) || ' ' || observation_id") }} as created_at
    from distinct_observations
    where created_at is not null
    group by post_key

),

{% if is_incremental() -%}
known_posts as (

    select post_key, min(posted_at) as posted_at
    from {{ this }}
    where
        post_key in (select distinct_observations.post_key from distinct_observations)
        and load_id not in ({{ open_loads() }})
    group by post_key

),
{%- endif %}

dated as (

    select
        {% for column in post_observation_columns() %}distinct_observations.{{ column }},
        {% endfor %}distinct_observations.post_key,
        {% if is_incremental() -%}
        coalesce(known_posts.posted_at, first_sightings.created_at) as posted_at
        {%- else -%}
        first_sightings.created_at as posted_at
        {%- endif %}
    from distinct_observations
    left join first_sightings on distinct_observations.post_key = first_sightings.post_key
    {% if is_incremental() -%}
    left join known_posts on distinct_observations.post_key = known_posts.post_key
    {%- endif %}

)

select *, {{ reporting_date('posted_at') }} as post_date
from dated
