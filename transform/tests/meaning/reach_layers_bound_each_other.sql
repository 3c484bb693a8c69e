{#
  No day has an estimate above its potential, and none a layer twice: what stands in two layers is the same people
  seen twice.
#}

select entity_id, platform, reach_date
from {{ ref('mart_reach_daily') }}
where audience_kind = 'followers'
group by entity_id, platform, reach_date
having
    max(case when reach_layer = 'estimated' then reach_high end) > max(case when reach_layer = 'potential' then reach end)
    or max(case when reach_layer = 'potential' then reach_low end) > max(case when reach_layer = 'potential' then reach end)
