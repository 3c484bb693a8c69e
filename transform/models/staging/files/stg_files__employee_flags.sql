{{ stage_employee_flags('raw_files') }}
