{{ config(materialized='view') }}

select
    panel_id,
    kind,
    value
from {{ ref('stg_listening__panel_filters') }}
