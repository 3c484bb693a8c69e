{{ stage_account_metrics('raw_demo') }}
