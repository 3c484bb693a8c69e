{#
  Under each attribution model the credits are all conversions and all revenue, no more and no less; thirds of a
  conversion leave at most a billionth each.
#}
{{ config(meta={'dagster': {'ref': {'name': 'mart_campaign_roi'}}}) }}

with credited as (

    select
        attribution_model,
        sum(attributed_conversions) as conversions,
        sum(attributed_revenue) as revenue
    from {{ ref('mart_campaign_roi') }}
    group by attribution_model

),

converted as (

    select
        count(*) as conversions,
        coalesce(sum(cast(round(revenue * 100) as bigint)), 0) / 100.0 as revenue
    from {{ ref('int_web_sessions_latest') }}
    where is_conversion

)

select credited.*, converted.conversions as all_conversions, converted.revenue as all_revenue
from credited
cross join converted
where
    abs(credited.conversions - converted.conversions) > 0.0001
    or abs(credited.revenue - converted.revenue) > 0.01
