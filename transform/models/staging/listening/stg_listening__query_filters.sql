select * from {{ source('listening', 'query_filters') }}
