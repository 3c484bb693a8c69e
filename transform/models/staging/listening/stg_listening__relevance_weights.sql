select * from {{ source('listening', 'relevance_weights') }}
