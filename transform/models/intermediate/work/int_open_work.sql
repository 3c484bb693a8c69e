{#
  What landed or changed since the last time the whole road was finished: load packages, the compiled
  listening.yml, the current model versions and what they scored outside. `orchestration.closed_work` is written after a release, when
  every check has passed; it stands at the other end of the road, so it is read by name, not by ref.

  A setting that is open is no longer closed in its former value either: who tries a setting and goes back
  to the one before, because a check failed or a run was killed, finds the history open again.
#}
{{ config(post_hook="{{ reopen_settings() }}") }}
{%- set closed_work = adapter.get_relation(this.database, 'orchestration', 'closed_work') if execute else none -%}

with definitions as (

    select entity_id || '=' || query_version as definition
    from {{ ref('int_entities') }}

    union all

    select panel_id || '/' || panel_version || '/' || filter_hash || '/' || entity_id as definition
    from {{ ref('int_panel_members') }}

),

current_work as (

    select distinct 'load' as work_kind, load_id as work_value
    from {{ ref('int_landings_unioned') }}

    union all

    select 'listening' as work_kind, md5(string_agg(definition, ' ' order by definition)) as work_value
    from definitions
    having count(*) > 0

    union all

    -- A model whose error has been measured anew corrects all shares anew.
    select 'model' as work_kind, concat_ws(' ', model_name, model_version, error_version) as work_value
    from {{ ref('stg_ml__model_registry') }}
    where is_current

    union all

    -- Scores from outside the warehouse come in parts: another part is another model to the marts.
    select
        'model' as work_kind,
        'post_scores ' || max(model_version) || ' ' || cast(max(part) as varchar) as work_value
    from {{ ref('stg_ml__post_scores') }}
    having count(*) > 0

),

open_work as (

    select current_work.work_kind, current_work.work_value
    from current_work
    {%- if closed_work is not none and not flags.FULL_REFRESH %}
    left join {{ closed_work }} as closed_work
        on current_work.work_kind = closed_work.work_kind and current_work.work_value = closed_work.work_value
    where closed_work.work_value is null
    {%- endif %}

)

select * from open_work
