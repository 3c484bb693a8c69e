-- Mentions of a brand on every day of the charts; a day without any is a zero within its first and last one.
with mentions as (

    select mention_date, sum(mentions) as mentions
    from marts.mart_mentions_daily
    where entity_id = $entity_id
    group by mention_date

)

select
    dates.date_day,
    case
        when dates.date_day between (select min(mention_date) from mentions) and (select max(mention_date) from mentions)
            then coalesce(mentions.mentions, 0)
    end as mentions
from marts.dim_dates as dates
left join mentions on dates.date_day = mentions.mention_date
where dates.date_day between $first_date and $last_date
order by dates.date_day
