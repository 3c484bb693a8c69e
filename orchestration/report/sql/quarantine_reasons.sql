select source_name, resource, reason, field, remedy, items
from marts.mart_quarantine_reasons
where items > 0
order by items desc, source_name, resource, reason, field
limit $rows
