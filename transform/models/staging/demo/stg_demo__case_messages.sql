{{ stage_case_messages('raw_demo') }}
