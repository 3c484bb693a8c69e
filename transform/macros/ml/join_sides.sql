{#
  Hooks around a model that joins millions of words with weights. How many words the posts have is not known before, and
  DuckDB, which then guesses none, would build its hash tables of the words and look the weights up in them: twice the
  time, four times the memory. With these hooks the right side of each join is the one that is built, as it is written.
#}
{% macro keep_join_sides() -%}
    {{ return(adapter.dispatch('keep_join_sides', 'listenhouse')()) }}
{%- endmacro %}

{% macro duckdb__keep_join_sides() -%}
set disabled_optimizers = 'build_side_probe_side'
{%- endmacro %}

{% macro free_join_sides() -%}
    {{ return(adapter.dispatch('free_join_sides', 'listenhouse')()) }}
{%- endmacro %}

{% macro duckdb__free_join_sides() -%}
reset disabled_optimizers
{%- endmacro %}
