{{ config(materialized='view') }}

{% set sources = ['demo', 'files', 'hackernews', 'feeds', 'networks'] %}

{% for name in sources %}
select * from {{ ref('stg_' ~ name ~ '__quarantine') }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
