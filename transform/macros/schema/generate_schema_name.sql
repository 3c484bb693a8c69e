{# Schemas are named for their layer and nothing else, so that [schema, table] is the asset key everywhere. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
