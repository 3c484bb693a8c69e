{{ stage_web_sessions('raw_demo') }}
