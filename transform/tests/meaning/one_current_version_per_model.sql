{# Each model has exactly one current version, and the sentiment model brings its measured error with it. #}
{{ config(meta={'dagster': {'ref': {'name': 'stg_ml__model_registry'}}}) }}

select registry.model_name, count(*) as current_versions, max(errors.replicates) as error_replicates
from {{ ref('stg_ml__model_registry') }} as registry
left join (
    select model_name, model_version, count(*) as replicates
    from {{ ref('stg_ml__sentiment_error') }}
    group by model_name, model_version
) as errors
    on registry.model_name = errors.model_name and registry.model_version = errors.model_version
where registry.is_current
group by registry.model_name
having count(*) <> 1 or (registry.model_name = 'sentiment' and coalesce(max(errors.replicates), 0) < 2)
