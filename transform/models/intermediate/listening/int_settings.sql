{{ config(materialized='view') }}

select
    reporting_time_zone,
    look_back_days,
    is_synthetic,
    business_days,
    business_opens_minute,
    business_closes_minute,
    holidays
from {{ ref('stg_listening__settings') }}
