-- For a release without posts: the weeks of its surveys and cases, to the last one's Sunday.
select
    min(week_start_date) as first_date,
    max(week_start_date) + 6 as last_date
from marts.mart_voice_of_customer
