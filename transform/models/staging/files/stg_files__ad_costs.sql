{{ stage_ad_costs('raw_files') }}
