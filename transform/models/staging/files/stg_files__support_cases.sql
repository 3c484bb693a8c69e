{{ stage_support_cases('raw_files') }}
