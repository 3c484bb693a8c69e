select returns.*
from marts.mart_campaign_roi as returns
order by returns.cost desc nulls last, returns.campaign, returns.currency, returns.attribution_model
