-- Platforms tell the followers and the reach of a day in different answers: of each figure the last one told counts.

{%- set moment = "cast(observed_at as varchar) || ' ' || observation_id" %}

with observations as (

    {% for model in ['stg_demo__account_metrics', 'stg_files__account_metrics', 'stg_networks__account_metrics'] -%}
    select * from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    source_name,
    account_key,
    measured_on,
    audience_kind,
    {{ value_at_max('platform', moment) }} as platform,
    nullif({{ value_at_max("coalesce(unavailable_reason, '')", moment) }}, '') as unavailable_reason,
    {% for figure in ['follower_count', 'reach_count', 'impression_count', 'profile_view_count'] -%}
    {{ value_at_max(figure, moment) }} as {{ figure }},
    {% endfor -%}
    max(observed_at) as observed_at
from observations
group by source_name, account_key, measured_on, audience_kind
