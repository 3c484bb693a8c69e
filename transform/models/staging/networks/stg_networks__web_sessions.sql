{{ stage_networks('web_sessions', stage_web_sessions) }}
