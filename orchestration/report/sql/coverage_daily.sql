-- A day without a row had no post of that platform: whether nobody wrote or nobody listened is unknown.
with platforms as (

    select platform, sum(posts) as all_posts
    from marts.mart_data_coverage
    where post_date between $first_date and $last_date
    group by platform

),

daily as (

    select platform, post_date, sum(posts) as posts
    from marts.mart_data_coverage
    group by platform, post_date

)

select platforms.platform, dates.date_day as post_date, daily.posts
from platforms
cross join marts.dim_dates as dates
left join daily on platforms.platform = daily.platform and dates.date_day = daily.post_date
where dates.date_day between $first_date and $last_date
order by platforms.all_posts desc, platforms.platform, dates.date_day
