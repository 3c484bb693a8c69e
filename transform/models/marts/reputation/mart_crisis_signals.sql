{#
  The crisis score of every hour in which it reaches a tenth of its range (macros/detection/crisis.sql), and the
  alert that the hour belongs to. An alert opens at crisis_alert_score
  with at least five mentions in six hours by at least three authors, lives on while the score stays at
  crisis_watch_score, and is closed when the cooldown has passed without that.
#}
{%- set parts = crisis_parts() %}
{%- set cooldown = var('alert_cooldown_hours') * 3600 %}

with hours as (

    select * from {{ ref('int_mention_hours_scored') }}

),

windows as (

    select
        entity_id,
        hour_at,
        cast(sum(mentions) over six_hours as bigint) as mentions_6h,
        case when count(median_mentions) over six_hours = 6 then sum(median_mentions) over six_hours end as usual_mentions_6h,
        cast(sum(mentions) over this_day as bigint) as mentions_24h,
        cast(sum(authors) over this_day as bigint) as authors_24h,
        cast(sum(negative) over this_day as bigint) as negative_24h,
        cast(sum(scored_mentions) over this_day as bigint) as scored_24h,
        max(largest_audience) over this_day as largest_audience_24h,
        cast(coalesce(sum(negative) over days_before, 0) as bigint) as negative_before,
        cast(coalesce(sum(scored_mentions) over days_before, 0) as bigint) as scored_before
    from hours
    window
        six_hours as (partition by entity_id order by hour_number rows between 5 preceding and current row),
        this_day as (partition by entity_id order by hour_number rows between 23 preceding and current row),
        days_before as (partition by entity_id order by hour_number rows between 695 preceding and 24 preceding)

),

compared as (

    select *, {{ two_proportion_z('negative_24h', 'scored_24h', 'negative_before', 'scored_before') }} as negative_z
    from windows

),

fractions as (

    select
        *,
        least(greatest((mentions_6h - usual_mentions_6h) / sqrt(usual_mentions_6h + 1) / 10, 0), 1) as velocity,
        -- least() and greatest() pass over NULL; what is not known must stay NULL.
        case when negative_z is not null then least(greatest(negative_z / 6, 0), 1) end as negative,
        least({{ ratio('authors_24h', 'mentions_24h') }}, 1) as spread,
        case when largest_audience_24h is not null
            then least(ln(1 + cast(largest_audience_24h as double)) / ln(1000001), 1) end as source
    from compared
    where usual_mentions_6h is not null and mentions_24h > 0

),

points as (

    select
        *,
        {{ parts['velocity'] }} * velocity as velocity_points,
        {{ parts['negative'] }} * negative as negative_points,
        {{ parts['spread'] }} * spread * greatest(velocity, coalesce(negative, 0)) as spread_points,
        {{ parts['source'] }} * source * greatest(velocity, coalesce(negative, 0)) as source_points,
        100.0 / (
            {{ parts['velocity'] }}
            {% for part in ['negative', 'spread', 'source'] -%}
            + case when {{ part }} is null then 0 else {{ parts[part] }} end
            {% endfor %}
        ) as scale
    from fractions

),

scored as (

    select
        *,
        scale * (velocity_points + coalesce(negative_points, 0) + coalesce(spread_points, 0) + coalesce(source_points, 0)) as crisis_score
    from points

),

signals as (

    select
        'crisis' as alert_kind,
        entity_id,
        hour_at as signal_at,
        crisis_score as strength,
        crisis_score >= {{ var('crisis_alert_score') }} and mentions_6h >= 5 and authors_24h >= 3 as opens
    from scored
    where crisis_score >= {{ var('crisis_watch_score') }}

),

alerts as (

    {{ alert_episodes('signals', cooldown) }}

),

now as (

    select max(hour_at) as hour_at from hours

)

select
    scored.entity_id,
    scored.hour_at,
    scored.crisis_score,
    {% for part in parts -%}
    scored.scale * scored.{{ part }}_points as {{ part }}_points,
    {% endfor -%}
    scored.mentions_6h,
    scored.usual_mentions_6h,
    scored.mentions_24h,
    scored.authors_24h,
    scored.negative_24h,
    scored.scored_24h,
    {{ ratio('scored.negative_24h', 'scored.scored_24h') }} as negative_share_24h,
    {{ ratio('scored.negative_before', 'scored.scored_before') }} as negative_share_before,
    scored.largest_audience_24h,
    {{ alert_id('alerts.alert_kind', 'alerts.entity_id', 'alerts.opened_at') }} as alert_id,
    alerts.opened_at as alert_opened_at,
    case when alerts.opened_at is not null then {{ alert_state('alerts.last_signal_at', 'now.hour_at', 'acknowledgements.acknowledged_at', cooldown) }} end as alert_state,
    {{ crisis_severity('alerts.peak_strength') }} as alert_severity,
    cast({{ seconds_between('alerts.opened_at', 'scored.hour_at') }} / 3600 + 1 as bigint) as alert_hours,
    'crisis_score.v1' as metric_version
from scored
cross join now
left join alerts
    on scored.entity_id = alerts.entity_id
    and scored.hour_at between alerts.opened_at and alerts.last_signal_at
left join {{ ref('alert_acknowledgements') }} as acknowledgements
    on {{ alert_id('alerts.alert_kind', 'alerts.entity_id', 'alerts.opened_at') }} = acknowledgements.alert_id
where scored.crisis_score >= 10
