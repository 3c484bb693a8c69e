select
    source_name,
    resource,
    cast(sum(received) as bigint) as received,
    cast(sum(accepted) as bigint) as accepted,
    cast(sum(duplicate) as bigint) as duplicate,
    cast(sum(quarantined) as bigint) as quarantined,
    cast(sum(deleted) as bigint) as deleted
from {{ ref('int_landings_unioned') }}
group by source_name, resource
