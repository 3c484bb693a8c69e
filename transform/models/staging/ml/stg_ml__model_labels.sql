select * from {{ source('ml', 'model_labels') }}
