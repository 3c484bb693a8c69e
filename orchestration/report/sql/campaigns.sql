-- Campaigns of the brands in focus, or of no brand, that ran in the charts' days or have no days, newest first.
select *
from marts.mart_campaign_performance
where
    (brand_id is null or list_contains($entities, brand_id))
    and (starts_on is null or starts_on <= $last_date)
    and (ends_on is null or ends_on >= $first_date)
order by starts_on desc nulls last, mentions desc, entity_id
