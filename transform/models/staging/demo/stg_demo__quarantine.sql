{{ stage_quarantine('raw_demo') }}
