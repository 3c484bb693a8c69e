{{ latest_observations(['stg_demo__web_sessions', 'stg_files__web_sessions', 'stg_networks__web_sessions'], 'session_id') }}
