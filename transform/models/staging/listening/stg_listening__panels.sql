select * from {{ source('listening', 'panels') }}
