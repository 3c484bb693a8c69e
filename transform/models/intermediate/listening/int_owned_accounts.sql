{{ config(materialized='view') }}

select
    entity_id,
    platform,
    author_key
from {{ ref('stg_listening__owned_accounts') }}
