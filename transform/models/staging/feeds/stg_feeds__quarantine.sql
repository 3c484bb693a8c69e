{{ stage_quarantine('raw_feeds') }}
