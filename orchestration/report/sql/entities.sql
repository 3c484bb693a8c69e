select entity_id, entity_name
from marts.dim_entities
