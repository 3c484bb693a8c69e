{{ stage_networks('support_cases', stage_support_cases) }}
