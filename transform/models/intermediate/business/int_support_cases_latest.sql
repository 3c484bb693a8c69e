{{ latest_observations(['stg_demo__support_cases', 'stg_files__support_cases', 'stg_networks__support_cases'], 'case_id') }}
