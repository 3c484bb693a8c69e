{# The calendar day of an instant in the reporting time zone of listening.yml: the one place where days are cut. #}
{% macro reporting_date(timestamp_column) -%}
    {{ return(adapter.dispatch('reporting_date', 'listenhouse')(timestamp_column)) }}
{%- endmacro %}

{% macro duckdb__reporting_date(timestamp_column) -%}
    cast(timezone((select reporting_time_zone from {{ ref('int_settings') }}), {{ timestamp_column }}) as date)
{%- endmacro %}

{# Whole seconds since midnight in the reporting time zone. #}
{% macro reporting_second_of_day(timestamp_column) -%}
    {{ return(adapter.dispatch('reporting_second_of_day', 'listenhouse')(timestamp_column)) }}
{%- endmacro %}

{% macro duckdb__reporting_second_of_day(timestamp_column) -%}
    cast(epoch_ms(timezone((select reporting_time_zone from {{ ref('int_settings') }}), {{ timestamp_column }})) % 86400000 // 1000 as bigint)
{%- endmacro %}

{# The hour of an instant in the reporting time zone, as an instant in UTC (whole-hour zones keep UTC hours). #}
{% macro hour_start(timestamp_column) -%}
    date_trunc('hour', {{ timestamp_column }})
{%- endmacro %}

{# The Monday that starts the ISO week of a date. #}
{% macro week_start(date_column) -%}
    cast(date_trunc('week', {{ date_column }}) as date)
{%- endmacro %}
