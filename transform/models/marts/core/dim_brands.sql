select
    entity_id as brand_id,
    entity_name as brand_name,
    entity_kind = 'brand' as is_own_brand,
    query_version
from {{ ref('dim_entities') }}
where entity_kind in ('brand', 'rival')
