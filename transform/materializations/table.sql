{#
  A table is dropped and built anew in one statement of one transaction, comments and all. The stock materialization
  builds beside, renames twice and drops after the commit: seven statements, each with a context of its own, which
  cost a mart of a few rows more than its query. Whoever reads the warehouse meanwhile sees the old table until the
  commit, as with the stock one.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set target = this.incorporate(type='table') -%}
    {% do drop_if_no(load_cached_relation(this), 'table') %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        drop table if exists {{ target }} cascade;
        {{ create_table_as(False, target, compiled_code) }};
        {{ comments_of(target) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# What stands where another kind of relation should is dropped. #}
{% macro drop_if_no(existing, kind) %}
    {% if existing is not none and existing.type != kind %}{% do adapter.drop_relation(existing) %}{% endif %}
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
