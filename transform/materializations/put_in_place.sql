{#
  Drops what stands in the target's place, of whatever kind, builds the target and describes it: in one statement of
  one transaction, between the model's hooks.
#}
{% macro put_in_place(target, build, before, after) %}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(before, inside_transaction=False) }}
    {{ run_hooks(before, inside_transaction=True) }}
    {% call statement('main') -%}
        {% if existing is not none %}drop {{ existing.type }} if exists {{ existing }} cascade;{% endif %}
        {{ build }};
        {{ comments_of(target) }}
    {%- endcall %}
    {{ run_hooks(after, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(after, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{# The descriptions of the model and of its columns, where the project keeps them with the tables. #}
{% macro comments_of(target) %}
    {%- if config.persist_relation_docs() and model.description %}
        {{ alter_relation_comment(target, model.description) }}
    {%- endif %}
    {%- if config.persist_column_docs() %}
        {%- for column in model.columns.values() if column.description %}
        comment on column {{ target }}.{{ adapter.quote(column.name) }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor %}
    {%- endif %}
{% endmacro %}
