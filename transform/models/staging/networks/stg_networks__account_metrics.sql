{{ stage_networks('account_metrics', stage_account_metrics) }}
