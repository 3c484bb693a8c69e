with bounds as (

    select min(post_date) as first_date, max(post_date) as last_date
    from {{ ref('fct_posts') }}

),

dates as (

    select cast(spine.date_day as date) as date_day
    from bounds
    cross join lateral unnest({{ date_list('bounds.first_date', 'bounds.last_date') }}) as spine (date_day)

)

select
    date_day,
    {{ week_start('date_day') }} as week_start_date,
    cast(date_trunc('month', date_day) as date) as month_start_date,
    cast(extract(isodow from date_day) as integer) as iso_weekday,
    extract(isodow from date_day) >= 6 as is_weekend
from dates
