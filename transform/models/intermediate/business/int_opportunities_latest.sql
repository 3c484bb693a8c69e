{{ latest_observations(['stg_demo__crm_opportunities', 'stg_files__crm_opportunities', 'stg_networks__crm_opportunities'], 'opportunity_id', living=true) }}
