{#
  trend_score.v1 = ((v - m14) v log10(authors)) / (1 + m14): rises with how far the share v lies above its mean of
  fourteen days, with the share itself, and with the number of voices; one voice makes no trend.
#}
{% macro trend_score(v, m14, authors) -%}
    (({{ v }} - {{ m14 }}) * {{ v }} * log10(cast(nullif({{ authors }}, 0) as double)) / (1 + {{ m14 }}))
{%- endmacro %}
