{{ stage_ad_costs('raw_demo') }}
