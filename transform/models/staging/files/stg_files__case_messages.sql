{{ stage_case_messages('raw_files') }}
