select * from {{ source('ml', 'model_weights') }}
