{{ stage_account_metrics('raw_files') }}
