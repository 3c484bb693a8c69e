{{ stage_networks('ad_costs', stage_ad_costs) }}
