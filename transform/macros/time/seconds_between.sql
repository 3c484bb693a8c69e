{#
  Whole seconds from one instant to another, the nearest. Subtracting instants would ask the calendar of the
  session's time zone for every row, which costs twenty times as much.
#}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between', 'listenhouse')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    cast((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 1e6 as bigint)
{%- endmacro %}
