{{ stage_networks('posts', stage_posts) }}
