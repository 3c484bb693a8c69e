{#
  What each metric means, as data. Where the validity of two versions overlaps, rollups hold both series for
  those days; the first day of the newer one is the break.
#}

with definitions as (

    select * from {{ ref('metric_definitions') }}

),

followed as (

    select
        *,
        lead(valid_from) over (partition by platform, metric order by valid_from, metric_version) as next_valid_from,
        lag(metric_version) over (partition by platform, metric order by valid_from, metric_version) as previous_version,
        lag(valid_to) over (partition by platform, metric order by valid_from, metric_version) as previous_valid_to
    from definitions

)

select
    platform,
    metric,
    metric_version,
    valid_from,
    valid_to,
    atoms,
    denominator,
    unit,
    definition,
    next_valid_from is null as is_newest,
    previous_version,
    case when previous_version is not null then valid_from end as break_date,
    case
        when previous_version is not null and coalesce(previous_valid_to >= valid_from, true)
            then coalesce(least(previous_valid_to, valid_to), previous_valid_to, valid_to)
    end as overlap_end_date
from followed
