{{ stage_networks('crm_contacts', stage_crm_contacts) }}
