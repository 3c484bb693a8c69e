{{ stage_crm_accounts('raw_files') }}
