{{ stage_networks('case_messages', stage_case_messages) }}
