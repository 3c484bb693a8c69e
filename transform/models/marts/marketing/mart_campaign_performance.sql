{#
  What campaigns of listening.yml did. `lift` is the brand's counted mentions during the campaign over what its
  weekdays would have brought: for each weekday the median of the eight weeks before, so that one crisis week
  does not move the baseline. `lift_adjusted` divides by the same ratio of the rivals, taken together: what moved
  the whole market is no lift. The interval is that of a ratio of two counts whose spread is measured on the
  baseline days (quasi-Poisson, log scale; a median varies 1.57 times as much as a mean); the spread is a robust
  one, from the median absolute deviation. Fewer than three weeks before the campaign are no baseline.

  Costs and visits join by name: the campaign's id is the `campaign` of costs and the utm_campaign of visits.
#}

{%- set weeks = 8 %}

with campaigns as (

    select
        entities.entity_id,
        entities.parent_entity_id as brand_id,
        entities.starts_on,
        entities.ends_on
    from {{ ref('dim_entities') }} as entities
    where entities.entity_kind = 'campaign'

),

brands as (

    select brand_id, is_own_brand from {{ ref('dim_brands') }}

),

volumes as (

    select mentions.entity_id, mentions.mention_date, sum(mentions.mentions) as mentions
    from {{ ref('mart_mentions_daily') }} as mentions
    inner join brands on mentions.entity_id = brands.brand_id
    group by mentions.entity_id, mentions.mention_date

),

-- The campaign's brand, and all other brands as one: both series on every day that the data cover.
series as (

    select
        campaigns.entity_id,
        campaigns.starts_on,
        campaigns.ends_on,
        dates.date_day,
        dates.iso_weekday,
        dates.date_day >= campaigns.starts_on as is_during,
        cast(coalesce(sum(case when volumes.entity_id = campaigns.brand_id then volumes.mentions end), 0) as bigint) as brand_mentions,
        cast(coalesce(sum(case when volumes.entity_id <> campaigns.brand_id then volumes.mentions end), 0) as bigint) as rival_mentions
    from campaigns
    inner join {{ ref('dim_dates') }} as dates
        on dates.date_day between campaigns.starts_on - {{ 7 * weeks }} and campaigns.ends_on
    left join volumes on dates.date_day = volumes.mention_date
    where campaigns.brand_id is not null
    group by campaigns.entity_id, campaigns.starts_on, campaigns.ends_on, dates.date_day, dates.iso_weekday

),

weekdays as (

    select
        entity_id,
        iso_weekday,
        count(case when not is_during then 1 end) as baseline_days,
        count(case when is_during then 1 end) as campaign_days,
        percentile_cont(0.5) within group (order by case when not is_during then brand_mentions end) as brand_median,
        percentile_cont(0.5) within group (order by case when not is_during then rival_mentions end) as rival_median
    from series
    group by entity_id, iso_weekday

),

-- (1.4826 MAD)^2 of the Pearson residuals of the baseline days: how much wider than Poisson the counts are.
spread as (

    select
        series.entity_id,
        greatest(power(1.4826 * percentile_cont(0.5) within group (
            order by abs(series.brand_mentions - weekdays.brand_median) / sqrt(greatest(weekdays.brand_median, 1))
        ), 2), 1) as overdispersion
    from series
    inner join weekdays on series.entity_id = weekdays.entity_id and series.iso_weekday = weekdays.iso_weekday
    where not series.is_during
    group by series.entity_id

),

expected as (

    select
        entity_id,
        min(baseline_days) as baseline_weeks,
        cast(sum(campaign_days) as bigint) as days_covered,
        -- Medians are halves at most: in tenths they add up exactly.
        cast(sum(cast(round(campaign_days * brand_median * 10) as bigint)) as bigint) / 10.0 as brand_expected,
        cast(sum(cast(round(campaign_days * rival_median * 10) as bigint)) as bigint) / 10.0 as rival_expected,
        cast(sum(cast(round(
            1570000.0 * campaign_days * campaign_days * brand_median / nullif(baseline_days, 0)
        ) as bigint)) as bigint) / 1000000.0 as brand_expected_variance
    from weekdays
    group by entity_id

),

during as (

    select
        entity_id,
        cast(sum(brand_mentions) as bigint) as brand_mentions,
        cast(sum(rival_mentions) as bigint) as rival_mentions
    from series
    where is_during
    group by entity_id

),

lifted as (

    select
        expected.entity_id,
        expected.baseline_weeks,
        expected.days_covered,
        during.brand_mentions,
        expected.brand_expected,
        {{ ratio('during.brand_mentions', 'expected.brand_expected') }} as lift,
        {{ ratio('during.rival_mentions', 'expected.rival_expected') }} as rival_change,
        sqrt(spread.overdispersion * (
            1.0 / nullif(during.brand_mentions, 0)
            + expected.brand_expected_variance / nullif(power(expected.brand_expected, 2), 0)
        )) as log_error
    from expected
    inner join during on expected.entity_id = during.entity_id
    inner join spread on expected.entity_id = spread.entity_id
    where expected.baseline_weeks >= 3

),

tagged as (

    select
        mentions.entity_id,
        cast(count(*) as bigint) as mentions,
        cast(count(distinct mentions.author_key) as bigint) as authors,
        cast(count(case when mentions.sentiment_label = 'positive' then 1 end) as bigint) as positive,
        cast(count(case when mentions.sentiment_label = 'negative' then 1 end) as bigint) as negative,
        cast(count(case when mentions.sentiment_label <> 'unscored' then 1 end) as bigint) as scored,
        cast(sum(mentions.engagement_total) as bigint) as engagement
    from {{ ref('fct_mention_sentiment') }} as mentions
    inner join campaigns on mentions.entity_id = campaigns.entity_id
    where mentions.is_counted
    group by mentions.entity_id

),

costs as (

    select
        lower(campaign_name) as entity_id,
        cast(sum(cast(round(cost * 100) as bigint)) as bigint) as cost_cents,
        min(currency) as currency,
        count(distinct currency) as currencies,
        cast(sum(impression_count) as bigint) as ad_impressions,
        cast(sum(click_count) as bigint) as ad_clicks
    from {{ ref('int_ad_costs_latest') }}
    group by lower(campaign_name)

),

visits as (

    select
        lower(utm_campaign) as entity_id,
        cast(count(*) as bigint) as sessions,
        cast(count(case when is_conversion then 1 end) as bigint) as conversions,
        cast(sum(case when is_conversion then cast(round(revenue * 100) as bigint) end) as bigint) as revenue_cents
    from {{ ref('int_web_sessions_latest') }}
    where utm_campaign is not null
    group by lower(utm_campaign)

)

select
    campaigns.entity_id,
    campaigns.brand_id,
    campaigns.starts_on,
    campaigns.ends_on,
    coalesce(tagged.mentions, 0) as mentions,
    coalesce(tagged.authors, 0) as authors,
    tagged.engagement,
    {{ ratio('tagged.positive', 'tagged.scored') }} as positive_share,
    {{ ratio('tagged.negative', 'tagged.scored') }} as negative_share,
    {{ ratio('tagged.scored', 'tagged.mentions') }} as coverage,
    lifted.brand_mentions,
    cast(lifted.brand_expected as double) as brand_mentions_expected,
    cast(lifted.baseline_weeks as bigint) as baseline_weeks,
    round(lifted.lift, 6) as lift,
    round(lifted.lift * exp(-1.959964 * lifted.log_error), 6) as lift_low,
    round(lifted.lift * exp(1.959964 * lifted.log_error), 6) as lift_high,
    round(lifted.rival_change, 6) as rival_change,
    round({{ ratio('lifted.lift', 'lifted.rival_change') }}, 6) as lift_adjusted,
    case
        when campaigns.starts_on is null or campaigns.ends_on is null then 'no days given'
        when campaigns.brand_id is null then 'no brand given'
        when lifted.entity_id is null then 'too few weeks before'
        when lifted.lift * exp(-1.959964 * lifted.log_error) > 1 then 'up'
        when lifted.lift * exp(1.959964 * lifted.log_error) < 1 then 'down'
        else 'no clear change'
    end as lift_verdict,
    case when costs.currencies = 1 then costs.cost_cents / 100.0 end as cost,
    case when costs.currencies = 1 then costs.currency end as currency,
    costs.ad_impressions,
    costs.ad_clicks,
    {{ ratio('costs.ad_clicks', 'costs.ad_impressions') }} as click_through_rate,
    case when costs.currencies = 1 then {{ ratio('costs.cost_cents / 100.0', 'costs.ad_clicks') }} end as cost_per_click,
    visits.sessions,
    visits.conversions,
    {{ ratio('visits.conversions', 'visits.sessions') }} as conversion_rate,
    {{ wilson('visits.conversions', 'visits.sessions', 'low') }} as conversion_rate_low,
    {{ wilson('visits.conversions', 'visits.sessions', 'high') }} as conversion_rate_high,
    visits.revenue_cents / 100.0 as session_revenue,
    'lift.v1' as metric_version
from campaigns
left join tagged on campaigns.entity_id = tagged.entity_id
left join lifted on campaigns.entity_id = lifted.entity_id
left join costs on campaigns.entity_id = costs.entity_id
left join visits on campaigns.entity_id = visits.entity_id
