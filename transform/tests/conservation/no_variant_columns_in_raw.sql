{#
  dlt writes a value that does not fit its column into a variant column such as `like_count__v_text` and
  leaves NULL behind. Data types are frozen at landing, so that there is never one.
#}
{{ config(meta={'dagster': {'ref': {'name': 'int_landings_unioned'}}}) }}
-- depends_on: {{ ref('int_landings_unioned') }}

select table_schema, table_name, column_name
from information_schema.columns
where table_schema like 'raw\_%' escape '\' and column_name like '%\_\_v\_%' escape '\'
