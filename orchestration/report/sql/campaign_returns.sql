select *
from marts.mart_campaign_roi
order by cost desc nulls last, campaign, currency, attribution_model
