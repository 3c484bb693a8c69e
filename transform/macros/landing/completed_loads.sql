{#
  A load package that was cut off half-way is visible in its tables until it is finished.
  dlt writes its row in _dlt_loads last, with status 0: only such rows count.
#}
{% macro completed_loads(raw_schema) -%}
    _dlt_load_id in (
        select loads.load_id from {{ source(raw_schema, '_dlt_loads') }} as loads where loads.status = 0
    )
{%- endmacro %}
