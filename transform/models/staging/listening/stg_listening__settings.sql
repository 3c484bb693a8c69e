select * from {{ source('listening', 'settings') }}
