{{ stage_networks('post_insights', stage_post_insights) }}
