{#
  The latest observation of each business record, from every source that shares the contract. Of two that were made at
  once, the one that landed later: a file whose mapping or whose look-ups changed tells the same moment again. With
  `living`, records whose latest observation says that they are gone are left out.
#}
{% macro latest_observations(models, key, living=false) %}
with observations as (

    {% for model in models %}
    select * from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

latest as (

    select
        source_name,
        {{ key }},
        {{ value_at_max('observation_id', "cast(observed_at as varchar) || ' ' || coalesce(load_id, '') || ' ' || observation_id") }} as observation_id
    from observations
    group by source_name, {{ key }}

),

-- The same observation may stand twice after a crash; one copy is taken.
numbered as (

    select observations.*, row_number() over (partition by observations.observation_id order by observations.load_id) as copy_number
    from observations
    inner join latest on observations.observation_id = latest.observation_id

)

select * from numbered
where copy_number = 1
{%- if living %} and not coalesce(is_deleted, false){% endif %}
{% endmacro %}
