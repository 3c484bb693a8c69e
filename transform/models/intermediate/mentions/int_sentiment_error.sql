{#
  Inverse confusion matrices of the current sentiment model by stratum, those of the target model among them:
  replicate 0 as measured, the others resampled. The version is always the sentiment model's, which every score names.
#}
{{ config(materialized='view') }}

with current_model as (

    select model_version from {{ ref('stg_ml__model_registry') }}
    where model_name = 'sentiment' and is_current

)

select
    current_model.model_version,
    errors.stratum,
    errors.replicate,
    {% for truth in ['neg', 'neu', 'pos'] %}{% for predicted in ['neg', 'neu', 'pos'] -%}
    errors.inv_{{ truth }}_{{ predicted }},
    {% endfor %}{% endfor -%}
    errors.z1,
    errors.z2
from {{ ref('stg_ml__sentiment_error') }} as errors
inner join current_model
    on errors.model_name <> 'sentiment' or errors.model_version = current_model.model_version
