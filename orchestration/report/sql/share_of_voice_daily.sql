-- Every day of the calendar, so that a day without shares is a gap and not a bridge.
select
    dates.date_day as start_date,
    shares.entity_id,
    shares.mentions,
    shares.panel_mentions,
    shares.sov_mentions as share,
    shares.sov_mentions_low as share_low,
    shares.sov_mentions_high as share_high,
    shares.panel_version
from marts.dim_dates as dates
left join marts.mart_share_of_voice_daily as shares
    on dates.date_day = shares.mention_date
    and shares.panel_id = $panel_id
    and list_contains($entities, shares.entity_id)
where dates.date_day between $first_date and $last_date
order by dates.date_day, shares.entity_id
