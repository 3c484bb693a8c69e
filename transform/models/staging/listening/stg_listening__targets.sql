select * from {{ source('listening', 'targets') }}
