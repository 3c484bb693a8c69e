{{ stage_posts('raw_demo') }}
