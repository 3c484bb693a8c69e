select source_name, resource, received, accepted, duplicate, quarantined, deleted
from marts.mart_landing_counts
order by received desc, source_name, resource
