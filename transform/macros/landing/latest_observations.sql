{# The latest observation of each business record, from every source that shares the contract. #}
{% macro latest_observations(models, key) %}
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
        {{ value_at_max('observation_id', "cast(observed_at as varchar) || ' ' || observation_id") }} as observation_id
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
{% endmacro %}
