select * from {{ source('listening', 'entities') }}
