select * from {{ source('ml', 'post_scores') }}
