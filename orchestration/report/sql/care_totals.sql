-- Cases by brand and channel over the whole of the data, on the calendar clock; the total of a brand comes first.
select *
from marts.mart_care_service_levels
where period_kind = 'all' and clock = 'calendar'
order by
    max(cases) filter (where channel = 'all') over (partition by brand_id) desc nulls last,
    brand_id,
    channel <> 'all',
    cases desc,
    channel
