{#
  Incremental models re-emit whole units of open work and nothing else.

  A model says in `meta` which unit it is kept by:
    replaces: loads      rows of the load packages that are still open (column load_id)
    replaces: days       rows of the days that are still open (column named by `day_column`, default post_date)
    stage: posts | mentions | scores    how deep a change must reach for the day to count as open

  Deleting by the list of open work, not by what the new rows happen to contain, also empties a day
  whose last post was deleted. Running it again after a kill does the same once more.
#}
{% macro get_incremental_replace_work_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set meta = config.get('meta') -%}

    delete from {{ target }}
    where {% if meta['replaces'] == 'loads' -%}
        load_id in ({{ open_loads() }})
    {%- else -%}
        {{ meta.get('day_column', 'post_date') }} in ({{ open_days(meta['stage']) }})
    {%- endif %};

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{% macro open_loads() -%}
    select open_work.work_value from {{ ref('int_open_work') }} as open_work where open_work.work_kind = 'load'
{%- endmacro %}

{# Stages in the order of the road: a day open from an early stage is open for all later ones. #}
{% macro stage_number(stage) -%}
    {{ return({'posts': 1, 'mentions': 2, 'scores': 3}[stage]) }}
{%- endmacro %}

{% macro open_days(stage) -%}
    select open_days.post_date from {{ ref('int_open_days') }} as open_days where open_days.from_stage <= {{ stage_number(stage) }}
{%- endmacro %}

{# The filter of an incremental model on its input; nothing at a full refresh. #}
{% macro where_open(stage, day_column='post_date') -%}
    {% if is_incremental() -%}
    where {{ day_column }} in ({{ open_days(stage) }})
    {%- endif %}
{%- endmacro %}
