{#
  A table is dropped and built anew in one statement of one transaction, comments and all. The stock materialization
  builds beside, renames twice and drops after the commit: seven statements, each with a context of its own, which
  cost a mart of a few rows more than its query. Whoever reads the warehouse meanwhile sees the old table until the
  commit, as with the stock one.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set build = create_table_as(False, target, compiled_code) -%}
    {{ return(put_in_place(target, build, pre_hooks, post_hooks)) }}
{% endmaterialization %}
