select * from {{ source('listening', 'query_terms') }}
