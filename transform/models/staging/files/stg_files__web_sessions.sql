{{ stage_web_sessions('raw_files') }}
