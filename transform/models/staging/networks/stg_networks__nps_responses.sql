{{ stage_networks('nps_responses', stage_nps_responses) }}
