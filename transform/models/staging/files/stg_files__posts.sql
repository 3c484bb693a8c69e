{{ stage_posts('raw_files') }}
