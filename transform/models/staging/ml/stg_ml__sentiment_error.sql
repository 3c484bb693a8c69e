select * from {{ source('ml', 'sentiment_error') }}
