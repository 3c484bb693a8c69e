{#
  The posts that mention somebody, of the days that are open at `stage`, with what reading their text needs: two
  CTEs, of which the second is `posts` (post_date, post_key, language, tokens).
#}
{% macro mentioned_posts(stage) -%}
mentioned as (

    select distinct mention_date, post_key
    from {{ ref('fct_mentions') }}
    {{ where_open(stage, 'mention_date') }}

),

posts as (

    select posts.post_date, posts.post_key, posts.language, posts.tokens
    from {{ ref('int_posts_tokenised') }} as posts
    inner join mentioned on posts.post_date = mentioned.mention_date and posts.post_key = mentioned.post_key

)
{%- endmacro %}
