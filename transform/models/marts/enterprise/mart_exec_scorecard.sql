{#
  One tidy row per KPI: the last 28 days that the data cover against the 28 days before, each with its
  interval and what it rests on. `scope_id` is an own brand for what is said in public, 'company' for
  surveys and support. A change whose intervals overlap is "no clear change". Where the data do not
  reach back over the whole of the 28 days before, there is nothing to compare with.
#}

{%- set days = 28 %}

with bounds as (

    select min(date_day) as first_date, max(date_day) as last_date from {{ ref('dim_dates') }}

),

periods as (

    select
        'current' as period,
        last_date - {{ days - 1 }} as period_start_date,
        last_date as period_end_date
    from bounds

    union all

    select
        'previous' as period,
        last_date - {{ 2 * days - 1 }} as period_start_date,
        last_date - {{ days }} as period_end_date
    from bounds
    where first_date <= last_date - {{ 2 * days - 1 }}

),

brands as (

    select brand_id from {{ ref('dim_brands') }}
    where is_own_brand

),

mentions as (

    select periods.period, mentions.entity_id as scope_id, mentions.*
    from {{ ref('fct_mention_sentiment') }} as mentions
    inner join brands on mentions.entity_id = brands.brand_id
    inner join periods
        on mentions.mention_date between periods.period_start_date and periods.period_end_date
    where mentions.is_counted

),

brand_counts as (

    select
        period,
        scope_id,
        cast(count(*) as bigint) as mentions,
        cast(count(case when sentiment_label = 'positive' then 1 end) as bigint) as positive,
        cast(count(case when sentiment_label = 'neutral' then 1 end) as bigint) as neutral,
        cast(count(case when sentiment_label = 'negative' then 1 end) as bigint) as negative,
        cast(sum(engagement_total) as bigint) as engagement,
        cast(count(engagement_total) as bigint) as posts_with_engagement
    from mentions
    group by period, scope_id

),

brand_strata as (

    select
        period,
        scope_id,
        {{ error_stratum() }} as stratum,
        max(model_version) as model_version,
        cast(count(case when sentiment_label = 'positive' then 1 end) as bigint) as positive,
        cast(count(case when sentiment_label = 'neutral' then 1 end) as bigint) as neutral,
        cast(count(case when sentiment_label = 'negative' then 1 end) as bigint) as negative
    from mentions
    group by period, scope_id, {{ error_stratum() }}

),

corrected as (

    {{ corrected_shares('brand_strata', ['period', 'scope_id']) }}

),

voice as (

    select
        periods.period,
        shares.entity_id as scope_id,
        shares.panel_id,
        cast(sum(shares.mentions) as bigint) as mentions,
        cast(sum(shares.panel_mentions) as bigint) as panel_mentions
    from {{ ref('mart_share_of_voice_daily') }} as shares
    inner join brands on shares.entity_id = brands.brand_id
    inner join periods on shares.mention_date between periods.period_start_date and periods.period_end_date
    group by periods.period, shares.entity_id, shares.panel_id

),

invited as (

    select periods.period, cast(sum(invitations.invitations) as bigint) as invitations
    from {{ ref('int_survey_invitations') }} as invitations
    inner join periods on invitations.sent_date between periods.period_start_date and periods.period_end_date
    group by periods.period

),

answers as (

    select
        periods.period,
        max(invited.invitations) as invitations,
        cast(count(*) as bigint) as responses,
        cast(count(case when responses.score >= 9 then 1 end) as bigint) as promoters,
        cast(count(case when responses.score <= 6 then 1 end) as bigint) as detractors
    from {{ ref('int_nps_responses_enriched') }} as responses
    inner join periods on responses.response_date between periods.period_start_date and periods.period_end_date
    left join invited on periods.period = invited.period
    group by periods.period

),

cases as (

    select
        periods.period,
        cast(count(*) as bigint) as cases,
        cast(count(cases.csat_score) as bigint) as csat_answers,
        cast(count(case when cases.csat_score >= 4 then 1 end) as bigint) as satisfied,
        cast(count(cases.first_response_seconds) as bigint) as answered,
        percentile_cont(0.5) within group (order by cases.first_response_seconds) / 3600.0 as median_hours
    from {{ ref('int_support_cases_enriched') }} as cases
    inner join periods on cases.opened_date between periods.period_start_date and periods.period_end_date
    group by periods.period

),

kpis as (

    select
        period, scope_id, 'mentions' as kpi, 'posts' as unit,
        cast(mentions as double) as kpi_value,
        {{ not_below('mentions - 1.959964 * sqrt(mentions)', 0) }} as value_low,
        mentions + 1.959964 * sqrt(mentions) as value_high,
        mentions as sample_size, cast(null as double) as coverage, 'mentions.v1' as metric_version
    from brand_counts

    union all

    select
        period, scope_id, 'share_of_voice_' || panel_id, 'share',
        {{ ratio('mentions', 'panel_mentions') }},
        {{ wilson('mentions', 'panel_mentions', 'low') }},
        {{ wilson('mentions', 'panel_mentions', 'high') }},
        panel_mentions, cast(null as double), 'share_of_voice.v1'
    from voice

    union all

    select
        corrected.period, corrected.scope_id, 'net_sentiment', 'share',
        corrected.net, corrected.net_low, corrected.net_high,
        brand_counts.positive + brand_counts.neutral + brand_counts.negative,
        {{ ratio('(brand_counts.positive + brand_counts.neutral + brand_counts.negative)', 'brand_counts.mentions') }},
        'sentiment.v2'
    from corrected
    inner join brand_counts
        on corrected.period = brand_counts.period and corrected.scope_id = brand_counts.scope_id

    union all

    select
        corrected.period, corrected.scope_id, 'negative_share', 'share',
        corrected.negative, corrected.negative_low, corrected.negative_high,
        brand_counts.positive + brand_counts.neutral + brand_counts.negative,
        {{ ratio('(brand_counts.positive + brand_counts.neutral + brand_counts.negative)', 'brand_counts.mentions') }},
        'sentiment.v2'
    from corrected
    inner join brand_counts
        on corrected.period = brand_counts.period and corrected.scope_id = brand_counts.scope_id

    union all

    select
        period, scope_id, 'engagement', 'interactions',
        cast(engagement as double), cast(null as double), cast(null as double),
        posts_with_engagement, {{ ratio('posts_with_engagement', 'mentions') }}, 'engagement.v1'
    from brand_counts

    union all

    select
        period, 'company', 'nps', 'points',
        {{ nps('promoters', 'detractors', 'responses') }},
        {{ not_below(nps('promoters', 'detractors', 'responses') ~ ' - 1.959964 * ' ~ nps_standard_error('promoters', 'detractors', 'responses'), -100) }},
        {{ not_above(nps('promoters', 'detractors', 'responses') ~ ' + 1.959964 * ' ~ nps_standard_error('promoters', 'detractors', 'responses'), 100) }},
        responses, {{ ratio('responses', 'invitations') }}, 'nps.v1'
    from answers

    union all

    select
        period, 'company', 'csat', 'percent',
        {{ csat('satisfied', 'csat_answers') }},
        100 * {{ wilson('satisfied', 'csat_answers', 'low') }},
        100 * {{ wilson('satisfied', 'csat_answers', 'high') }},
        csat_answers, {{ ratio('csat_answers', 'cases') }}, 'csat.v1'
    from cases

    union all

    select
        period, 'company', 'median_first_response', 'hours',
        median_hours, cast(null as double), cast(null as double),
        answered, {{ ratio('answered', 'cases') }}, 'first_response.v1'
    from cases

)

select
    current_period.scope_id,
    current_period.kpi,
    current_period.unit,
    periods.period_start_date,
    periods.period_end_date,
    current_period.kpi_value,
    current_period.value_low,
    current_period.value_high,
    previous_period.kpi_value as previous_value,
    previous_period.value_low as previous_low,
    previous_period.value_high as previous_high,
    current_period.kpi_value - previous_period.kpi_value as change,
    case
        when current_period.value_low > previous_period.value_high then 'up'
        when current_period.value_high < previous_period.value_low then 'down'
        when current_period.value_low is null or previous_period.value_low is null then 'not tested'
        else 'no clear change'
    end as change_verdict,
    targets.target_value,
    cast(current_period.sample_size as bigint) as sample_size,
    current_period.coverage,
    current_period.metric_version
from kpis as current_period
inner join periods on current_period.period = periods.period
left join kpis as previous_period
    on current_period.scope_id = previous_period.scope_id
    and current_period.kpi = previous_period.kpi
    and previous_period.period = 'previous'
left join {{ ref('int_targets') }} as targets
    on current_period.scope_id = targets.scope_id
    and current_period.kpi = targets.kpi
    and periods.period_end_date >= targets.valid_from
    and (targets.valid_to is null or periods.period_end_date <= targets.valid_to)
where current_period.period = 'current'
