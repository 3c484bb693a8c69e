{{ config(materialized='view') }}

select * from {{ ref('stg_listening__sources') }}
