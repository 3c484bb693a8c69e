{{ latest_observations(['stg_demo__crm_accounts', 'stg_files__crm_accounts', 'stg_networks__crm_accounts'], 'account_id', living=true) }}
