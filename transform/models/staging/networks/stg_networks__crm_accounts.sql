{{ stage_networks('crm_accounts', stage_crm_accounts) }}
