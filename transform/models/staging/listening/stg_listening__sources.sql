select * from {{ source('listening', 'sources') }}
