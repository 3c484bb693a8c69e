{{ stage_crm_accounts('raw_demo') }}
