{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'loads'}
) }}
-- depends_on: {{ ref('int_open_work') }}

{% set post_models = ['stg_demo__posts', 'stg_files__posts', 'stg_hackernews__items', 'stg_feeds__entries', 'stg_networks__posts'] %}

-- Read twice rather than kept aside: the rows are wide, and the second look reads three columns or few rows.
with observations as {{ inlined() }} (

    {% for model in post_models %}
    select
        {% for column in post_observation_columns() %}{{ column }},
        {% endfor -%}
        source_name || ':' || native_post_id as post_key
    from {{ ref(model) }}
    {% if is_incremental() -%}
    where load_id in ({{ open_loads() }})
    {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- A load that a crash made dlt repeat brings the same observation again: the first one stays.
repeated as {{ materialised() }} (

    select observation_id
    from observations
    group by observation_id
    having count(*) > 1

),

numbered_copies as (

    select
        observations.*,
        row_number() over (partition by observations.observation_id order by observations.load_id) as copy_number
    from observations
    inner join repeated on observations.observation_id = repeated.observation_id

),

distinct_observations as {{ inlined() }} (

    select observations.*
    from observations
    left join repeated on observations.observation_id = repeated.observation_id
    where repeated.observation_id is null

    union all

    select
        {% for column in post_observation_columns() %}{{ column }},
        {% endfor -%}
        post_key
    from numbered_copies
    where copy_number = 1

),

new_observations as {{ inlined() }} (

    select distinct_observations.*
    from distinct_observations
    {% if is_incremental() -%}
    where
        distinct_observations.observation_id not in (
            select known.observation_id from {{ this }} as known
            where known.load_id not in ({{ open_loads() }})
        )
    {%- endif %}

),

-- The day of a post never moves, whatever a later observation says of its creation time.
creation_times as {{ materialised() }} (

    select post_key, min(created_at) as created_at, max(created_at) as latest_created_at
    from new_observations
    where created_at is not null
    group by post_key

),

contradicted as (

    select
        new_observations.post_key,
        {{ value_at_min('new_observations.created_at', "new_observations.load_id || ' ' || cast(new_observations.observed_at as varchar) || ' ' || new_observations.observation_id") }} as created_at
    from new_observations
    inner join creation_times on new_observations.post_key = creation_times.post_key
    where creation_times.created_at <> creation_times.latest_created_at and new_observations.created_at is not null
    group by new_observations.post_key

),

first_sightings as (

    select creation_times.post_key, coalesce(contradicted.created_at, creation_times.created_at) as created_at
    from creation_times
    left join contradicted on creation_times.post_key = contradicted.post_key

),

{% if is_incremental() -%}
known_posts as (

    select post_key, min(posted_at) as posted_at
    from {{ this }}
    where
        post_key in (select new_observations.post_key from new_observations)
        and load_id not in ({{ open_loads() }})
    group by post_key

),
{%- endif %}

dated as (

    select
        {% for column in post_observation_columns() %}new_observations.{{ column }},
        {% endfor %}new_observations.post_key,
        {% if is_incremental() -%}
        coalesce(known_posts.posted_at, first_sightings.created_at) as posted_at
        {%- else -%}
        first_sightings.created_at as posted_at
        {%- endif %}
    from new_observations
    left join first_sightings on new_observations.post_key = first_sightings.post_key
    {% if is_incremental() -%}
    left join known_posts on new_observations.post_key = known_posts.post_key
    {%- endif %}

)

select *, {{ reporting_date('posted_at') }} as post_date
from dated
