{{ config(materialized='view') }}

select labels.label, labels.threshold, labels.model_version
from {{ ref('stg_ml__model_labels') }} as labels
inner join {{ ref('stg_ml__model_registry') }} as registry
    on labels.model_name = registry.model_name and labels.model_version = registry.model_version
where registry.model_name = 'topics' and registry.is_current
