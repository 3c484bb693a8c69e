{{ config(materialized='view') }}

select weights.language, weights.label, weights.term, weights.weight_nano
from {{ ref('stg_ml__model_weights') }} as weights
inner join {{ ref('stg_ml__model_registry') }} as registry
    on weights.model_name = registry.model_name and weights.model_version = registry.model_version
where registry.model_name = 'topics' and registry.is_current
