{{ stage_crm_opportunities('raw_demo') }}
