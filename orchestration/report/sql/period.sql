-- The days that the release covers; the last one is the end of every period of the report.
select
    min(date_day) as first_date,
    max(date_day) as last_date
from marts.dim_dates
