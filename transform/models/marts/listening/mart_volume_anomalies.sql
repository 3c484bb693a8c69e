{#
  Hours in which an entity was mentioned far more or far less often than usual for that hour of the
  week: robust z = (x - median) / (1.4826 MAD + floor), the floor being one mention, medians over the
  eight weeks before, of which three must be known. A spike needs z >= 3, at least 5 mentions and at
  least 3 authors; a valley z <= -3 where at least 5 mentions are usual.
#}

with mentions as (

    select
        entity_id,
        {{ hour_start('mentioned_at') }} as hour_at,
        author_key
    from {{ ref('fct_mentions') }}
    where is_counted

),

counted as (

    select
        entity_id,
        hour_at,
        cast(count(*) as bigint) as mentions,
        cast(count(distinct author_key) as bigint) as authors
    from mentions
    group by entity_id, hour_at

),

bounds as (

    select entity_id, min(hour_at) as first_hour_at, max(hour_at) as last_hour_at
    from counted
    group by entity_id

),

-- Hours without a mention are zeros here: the entity was listened for, and nobody spoke.
hours as (

    select bounds.entity_id, spine.hour_at
    from bounds
    cross join lateral unnest({{ hour_list('bounds.first_hour_at', 'bounds.last_hour_at') }}) as spine (hour_at)

),

series as (

    select
        hours.entity_id,
        hours.hour_at,
        cast(extract(isodow from hours.hour_at) * 24 + extract(hour from hours.hour_at) as integer) as hour_of_week,
        coalesce(counted.mentions, 0) as mentions,
        coalesce(counted.authors, 0) as authors
    from hours
    left join counted on hours.entity_id = counted.entity_id and hours.hour_at = counted.hour_at

),

medians as (

    select
        own.entity_id,
        own.hour_at,
        count(*) as weeks,
        percentile_cont(0.5) within group (order by past.mentions) as median_mentions
    from series as own
    inner join series as past
        on own.entity_id = past.entity_id
        and own.hour_of_week = past.hour_of_week
        and past.hour_at < own.hour_at
        and past.hour_at >= own.hour_at - interval '56 days'
    group by own.entity_id, own.hour_at

),

deviations as (

    select
        medians.entity_id,
        medians.hour_at,
        max(medians.weeks) as weeks,
        max(medians.median_mentions) as median_mentions,
        percentile_cont(0.5) within group (order by abs(past.mentions - medians.median_mentions)) as mad
    from medians
    inner join series as past
        on medians.entity_id = past.entity_id
        and past.hour_of_week = cast(extract(isodow from medians.hour_at) * 24 + extract(hour from medians.hour_at) as integer)
        and past.hour_at < medians.hour_at
        and past.hour_at >= medians.hour_at - interval '56 days'
    group by medians.entity_id, medians.hour_at

),

scored as (

    select
        series.entity_id,
        series.hour_at,
        series.mentions,
        series.authors,
        deviations.median_mentions,
        deviations.mad,
        deviations.weeks,
        (series.mentions - deviations.median_mentions) / (1.4826 * deviations.mad + 1) as robust_z
    from series
    inner join deviations on series.entity_id = deviations.entity_id and series.hour_at = deviations.hour_at

)

select
    entity_id,
    hour_at,
    mentions,
    authors,
    median_mentions,
    mad,
    cast(weeks as bigint) as weeks_of_history,
    robust_z,
    case when robust_z > 0 then 'spike' else 'valley' end as anomaly_kind,
    'robust_z.v1' as metric_version
from scored
where
    weeks >= 3
    and (
        (robust_z >= 3 and mentions >= 5 and authors >= 3)
        or (robust_z <= -3 and median_mentions >= 5)
    )
