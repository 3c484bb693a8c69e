{{ stage_quarantine('raw_hackernews') }}
