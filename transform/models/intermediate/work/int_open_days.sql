{# The days that this run re-emits, and from which stage of the road on. #}

with observations as (

    select distinct post_date, load_id from {{ ref('int_posts_unioned') }}
    where post_date is not null

),

touched_days as (

    select post_date, {{ stage_number('posts') }} as from_stage
    from observations
    where load_id in ({{ open_loads() }})

    union all

    -- A changed query or a new model version re-reads the whole history.
    select
        observations.post_date,
        case open_work.work_kind
            when 'listening' then {{ stage_number('mentions') }}
            else {{ stage_number('scores') }}
        end as from_stage
    from observations
    cross join {{ ref('int_open_work') }} as open_work
    where open_work.work_kind in ('listening', 'model')

)

select post_date, min(from_stage) as from_stage
from touched_days
group by post_date
