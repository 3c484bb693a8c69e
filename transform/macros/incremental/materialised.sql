{#
  Keeps a CTE that is costly and read more than once from being computed more than once. An engine
  without the hint writes nothing here.
#}
{% macro materialised() -%}{{ return(adapter.dispatch('materialised', 'listenhouse')()) }}{%- endmacro %}
{% macro default__materialised() -%}{%- endmacro %}
{% macro duckdb__materialised() -%}materialized{%- endmacro %}
{% macro postgres__materialised() -%}materialized{%- endmacro %}
