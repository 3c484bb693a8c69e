{#
  The stratum by whose error a scored mention's label is corrected: the language of the post or, where another model
  scored what is said of the target, 'target:' and the language (`ml.prevalence`). NULL where the language is unknown.
#}
{% macro error_stratum(language='language', sentiment_scope='sentiment_scope') -%}
case when {{ sentiment_scope }} = 'target' then 'target:' || {{ language }} else {{ language }} end
{%- endmacro %}

{#
  Rows of `counts` with the stratum whose error is known: its own, or that of all strata together.
  Adds known_stratum and has_own_error.
#}
{% macro known_strata(counts) -%}
select
    counts.*,
    coalesce(known.stratum, 'all') as known_stratum,
    known.stratum is not null as has_own_error
from {{ counts }} as counts
left join {{ ref('int_sentiment_error') }} as known
    on counts.model_version = known.model_version and counts.stratum = known.stratum and known.replicate = 0
{%- endmacro %}
