{#
  Every hour between the first and the last mention of an entity, judged by the detectors against the hours
  before it. Made from the hourly rollup alone; hours without a mention are zeros here, because the entity was
  listened for, and nobody spoke.
#}

with rollup as (

    select
        entity_id,
        hour_at,
        cast(sum(mentions) as bigint) as mentions,
        cast(sum(authors) as bigint) as authors,
        cast(sum(negative) as bigint) as negative,
        cast(sum(positive + neutral + negative) as bigint) as scored_mentions,
        max(largest_audience) as largest_audience
    from {{ ref('mart_mentions_hourly') }}
    where mentions > 0
    group by entity_id, hour_at

),

bounds as (

    select entity_id, min(hour_at) as first_hour_at, max(hour_at) as last_hour_at
    from rollup
    group by entity_id

),

hours as (

    select bounds.entity_id, spine.hour_at
    from bounds
    cross join lateral unnest({{ hour_list('bounds.first_hour_at', 'bounds.last_hour_at') }}) as spine (hour_at)

),

series as {{ materialised() }} (

    select
        hours.entity_id as series_id,
        row_number() over (partition by hours.entity_id order by hours.hour_at) as row_number,
        hours.hour_at,
        cast(coalesce(rollup.mentions, 0) as double) as value,
        coalesce(rollup.mentions, 0) as mentions,
        coalesce(rollup.authors, 0) as authors,
        coalesce(rollup.negative, 0) as negative,
        coalesce(rollup.scored_mentions, 0) as scored_mentions,
        rollup.largest_audience
    from hours
    left join rollup on hours.entity_id = rollup.entity_id and hours.hour_at = rollup.hour_at

),

{% for detector in ['robust', 'sd', 'window', 'seasonal'] -%}
{{ detector }}_scores as (

    {{ detector_scores('series', detector, 24) }}

){{ ',' if not loop.last }}

{% endfor %}
select
    series.series_id as entity_id,
    series.row_number as hour_number,
    series.hour_at,
    series.mentions,
    series.authors,
    series.negative,
    series.scored_mentions,
    series.largest_audience,
    robust_scores.expected as median_mentions,
    robust_scores.mad,
    cast(robust_scores.weeks as bigint) as weeks_of_history,
    -- Statistics count thresholds; a z is told as it is published, and `sd` in standard deviations. Rounded where
    -- squares were summed, so that the order of the sum leaves no trace.
    3 * robust_scores.statistic as robust_z,
    robust_scores.anomaly_score,
    round(2 * sd_scores.statistic, 9) as sd_deviations,
    round(3 * window_scores.statistic, 9) as window_z,
    round(3 * seasonal_scores.statistic, 9) as seasonal_z
from series
inner join robust_scores on series.series_id = robust_scores.series_id and series.row_number = robust_scores.row_number
inner join sd_scores on series.series_id = sd_scores.series_id and series.row_number = sd_scores.row_number
inner join window_scores on series.series_id = window_scores.series_id and series.row_number = window_scores.row_number
inner join seasonal_scores on series.series_id = seasonal_scores.series_id and series.row_number = seasonal_scores.row_number
