{{ latest_observations(['stg_files__rival_labels'], 'native_post_id, suite') }}
