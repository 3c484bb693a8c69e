select
    source_name,
    resource,
    reason,
    coalesce(field, '') as field,
    max(remedy) as remedy,
    cast(count(*) as bigint) as items
from {{ ref('int_quarantine_unioned') }}
group by source_name, resource, reason, coalesce(field, '')
