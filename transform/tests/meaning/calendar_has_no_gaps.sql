{# As many days as there are from the first to the last. #}

select count(*) as days, min(date_day) as first_day, max(date_day) as last_day
from {{ ref('dim_dates') }}
having count(*) > 0 and count(*) <> max(date_day) - min(date_day) + 1
