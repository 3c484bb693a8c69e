{{ stage_crm_contacts('raw_files') }}
