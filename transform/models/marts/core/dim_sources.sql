select
    source_name,
    source,
    resource,
    is_enabled,
    is_synthetic
from {{ ref('int_configured_sources') }}
