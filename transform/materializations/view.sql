{# A view is replaced in one statement; the stock materialization takes five (see table.sql). #}
{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {%- set build -%}
        create or replace view {{ target }} as (
            {{ compiled_code }}
        );
    {%- endset -%}
    {{ return(put_in_place(target, build, pre_hooks, post_hooks)) }}
{% endmaterialization %}
