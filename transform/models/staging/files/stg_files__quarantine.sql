{{ stage_quarantine('raw_files') }}
