{{ stage_networks('crm_opportunities', stage_crm_opportunities) }}
