select * from {{ source('listening', 'query_literals') }}
