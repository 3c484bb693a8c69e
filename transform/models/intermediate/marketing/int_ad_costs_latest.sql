{{ latest_observations(['stg_demo__ad_costs', 'stg_files__ad_costs', 'stg_networks__ad_costs'], 'campaign_name, platform, ad_group, cost_date, currency') }}
