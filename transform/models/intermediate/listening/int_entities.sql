{{ config(materialized='view') }}

select
    entity_id,
    entity_name,
    entity_kind,
    parent_entity_id,
    query_version,
    starts_on,
    ends_on
from {{ ref('stg_listening__entities') }}
