{{ stage_post_insights('raw_files') }}
