{# All days from the first to the last, both included, as a list. #}
{% macro date_list(first_date, last_date) -%}{{ return(adapter.dispatch('date_list', 'listenhouse')(first_date, last_date)) }}{%- endmacro %}
{% macro duckdb__date_list(first_date, last_date) -%}
    generate_series(cast({{ first_date }} as timestamp), cast({{ last_date }} as timestamp), interval '1 day')
{%- endmacro %}

{# All hours from the first to the last, both included, as a list. #}
{% macro hour_list(first_hour, last_hour) -%}{{ return(adapter.dispatch('hour_list', 'listenhouse')(first_hour, last_hour)) }}{%- endmacro %}
{% macro duckdb__hour_list(first_hour, last_hour) -%}
    generate_series({{ first_hour }}, {{ last_hour }}, interval '1 hour')
{%- endmacro %}
