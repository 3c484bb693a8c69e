select * from {{ source('listening', 'query_pairs') }}
