{{ config(materialized='view') }}

select
    reporting_time_zone,
    look_back_days,
    is_synthetic
from {{ ref('stg_listening__settings') }}
