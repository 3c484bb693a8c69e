{# Inverse confusion matrices of the current sentiment model: replicate 0 as measured, the others resampled. #}
{{ config(materialized='view') }}

select
    errors.model_version,
    errors.replicate,
    {% for truth in ['neg', 'neu', 'pos'] %}{% for predicted in ['neg', 'neu', 'pos'] -%}
    errors.inv_{{ truth }}_{{ predicted }},
    {% endfor %}{% endfor -%}
    errors.z1,
    errors.z2
from {{ ref('stg_ml__sentiment_error') }} as errors
