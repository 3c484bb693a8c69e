-- Shares of weeks from the sums of their days; a week without shares is a gap.
select
    cast(date_trunc('week', dates.date_day) as date) as start_date,
    shares.entity_id,
    sum(shares.mentions) as mentions,
    sum(shares.panel_mentions) as panel_mentions,
    sum(shares.mentions) / nullif(sum(shares.panel_mentions), 0) as share,
    cast(null as double) as share_low,
    cast(null as double) as share_high,
    max(shares.panel_version) as panel_version
from marts.dim_dates as dates
left join marts.mart_share_of_voice_daily as shares
    on dates.date_day = shares.mention_date
    and shares.panel_id = $panel_id
    and list_contains($entities, shares.entity_id)
where dates.date_day between $first_date and $last_date
group by date_trunc('week', dates.date_day), shares.entity_id
order by start_date, shares.entity_id
