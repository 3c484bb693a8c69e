{{ latest_observations(['stg_demo__account_metrics', 'stg_files__account_metrics', 'stg_networks__account_metrics'], 'account_key, measured_on, audience_kind') }}
