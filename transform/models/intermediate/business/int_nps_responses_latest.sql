{{ latest_observations(['stg_demo__nps_responses', 'stg_files__nps_responses', 'stg_networks__nps_responses'], 'response_id', living=true) }}
