{#
  Hours in which an entity was mentioned far more or far less often than usual for that hour of the week, by
  the default detector (macro robust_detector). A spike needs z >= 3, at least 5 mentions and at least 3
  authors; a valley z <= -3 where at least 5 mentions are usual. Beside it stands what the other presets say of
  the same hour.
#}

with hours as (

    select * from {{ ref('int_mention_hours_scored') }}

)

select
    entity_id,
    hour_at,
    mentions,
    authors,
    median_mentions,
    mad,
    weeks_of_history,
    robust_z,
    case when robust_z > 0 then 'spike' else 'valley' end as anomaly_kind,
    anomaly_score,
    sd_deviations,
    window_z,
    seasonal_z,
    cast(
        case when sd_deviations * sign(robust_z) >= 2 then 1 else 0 end
        + case when window_z * sign(robust_z) >= 3 then 1 else 0 end
        + case when seasonal_z * sign(robust_z) >= 3 then 1 else 0 end
    as bigint) as presets_that_agree,
    'robust_z.v1' as metric_version
from hours
where
    weeks_of_history >= 3
    and (
        (robust_z >= 3 and mentions >= 5 and authors >= 3)
        or (robust_z <= -3 and median_mentions >= 5)
    )
