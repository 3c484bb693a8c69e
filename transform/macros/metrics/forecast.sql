{#
  Accuracy of a forecast as a fraction of 1. Forecast 1,200 and actual 1,100 are 91.67% by the forecast and
  90.91% by the actual: the base is always named.
#}
{% macro forecast_accuracy(forecast, actual, base) -%}
    (1 - {{ ratio('abs(' ~ forecast ~ ' - ' ~ actual ~ ')', base) }})
{%- endmacro %}
