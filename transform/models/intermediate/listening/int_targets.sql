{{ config(materialized='view') }}

select
    scope_id,
    kpi,
    target_value,
    direction,
    valid_from,
    valid_to
from {{ ref('stg_listening__targets') }}
