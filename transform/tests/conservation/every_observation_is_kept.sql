{#
  Every observation of a finished load package is in int_posts_unioned exactly once; a copy that a crash
  made dlt repeat is known by its observation_id and taken once.
#}
{{ config(meta={'dagster': {'ref': {'name': 'int_posts_unioned'}}}) }}

with staged as (

    {% for model in ['stg_demo__posts', 'stg_files__posts', 'stg_hackernews__items', 'stg_feeds__entries', 'stg_networks__posts'] -%}
    select source_name, observation_id from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

staged_counts as (

    select source_name, count(distinct observation_id) as observations
    from staged
    group by source_name

),

kept_counts as (

    select source_name, count(*) as observations, count(distinct observation_id) as distinct_observations
    from {{ ref('int_posts_unioned') }}
    group by source_name

)

select
    coalesce(staged_counts.source_name, kept_counts.source_name) as source_name,
    staged_counts.observations as staged_observations,
    kept_counts.observations as kept_observations,
    kept_counts.distinct_observations
from staged_counts
full outer join kept_counts on staged_counts.source_name = kept_counts.source_name
where
    coalesce(staged_counts.observations, 0) <> coalesce(kept_counts.observations, 0)
    or coalesce(kept_counts.observations, 0) <> coalesce(kept_counts.distinct_observations, 0)
