{#
  Keeps a CTE that is costly and read more than once from being computed more than once. An engine
  without the hint writes nothing here.
#}
{% macro materialised() -%}{{ return(adapter.dispatch('materialised', 'listenhouse')()) }}{%- endmacro %}
{% macro default__materialised() -%}{%- endmacro %}
{% macro duckdb__materialised() -%}materialized{%- endmacro %}
{% macro postgres__materialised() -%}materialized{%- endmacro %}

{#
  The opposite: a CTE of wide rows that is cheaper to read twice than to keep.
#}
{% macro inlined() -%}{{ return(adapter.dispatch('inlined', 'listenhouse')()) }}{%- endmacro %}
{% macro default__inlined() -%}{%- endmacro %}
{% macro duckdb__inlined() -%}not materialized{%- endmacro %}
{% macro postgres__inlined() -%}not materialized{%- endmacro %}
