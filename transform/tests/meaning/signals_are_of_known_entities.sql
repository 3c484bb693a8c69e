{# Every entity of the marts made from rollups is one of listening.yml. #}
{{ config(meta={'dagster': {'ref': {'name': 'mart_mentions_hourly'}}}) }}

with seen as (

    {% for mart in [
        'mart_mentions_hourly', 'mart_crisis_signals', 'mart_alerts', 'mart_threat_signals', 'mart_keyword_performance',
        'mart_sentiment_drivers', 'mart_product_feedback', 'mart_attribute_demand', 'mart_influencers', 'mart_advocates',
        'mart_audience_profile', 'mart_community_health',
    ] -%}
    select distinct '{{ mart }}' as mart, entity_id from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select seen.mart, seen.entity_id
from seen
left join {{ ref('dim_entities') }} as entities on seen.entity_id = entities.entity_id
where entities.entity_id is null
