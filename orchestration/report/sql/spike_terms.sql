-- Words that stand out in the episode against the 28 days before: two-proportion z of the posts that hold them.
-- A word shows only if enough different authors used it, so that none of them can be found by it; links,
-- addresses and handles are taken out first.
with mentions as (

    select
        mentions.post_key,
        mentions.author_key,
        mentions.mentioned_at >= $starts_at as is_episode,
        row_number() over (
            partition by mentions.mentioned_at >= $starts_at order by hash(mentions.post_key), mentions.post_key
        ) as draw
    from marts.fct_mentions as mentions
    where
        mentions.entity_id = $entity_id
        and mentions.is_counted
        and mentions.mentioned_at >= $starts_at - interval '28 days'
        and mentions.mentioned_at < $ends_at

),

posts as (

    select
        mentions.is_episode,
        mentions.author_key,
        -- An upper bound within the pattern would make it thirty times slower.
        list_distinct(list_filter(
            regexp_extract_all(regexp_replace(lower(posts.text), $private, ' ', 'g'), '#?[\p{L}\p{N}_]{3,}'),
            lambda word: length(word) <= 40
        )) as words
    from mentions
    inner join marts.fct_posts as posts on mentions.post_key = posts.post_key
    where mentions.draw <= $posts and posts.text is not null

),

totals as (

    select
        count(*) filter (where is_episode) as episode_posts,
        count(*) filter (where not is_episode) as usual_posts
    from posts

),

words as (

    select
        word,
        count(*) filter (where is_episode) as mentions,
        count(*) filter (where not is_episode) as usual,
        count(distinct author_key) filter (where is_episode) as authors
    from posts
    cross join unnest(posts.words) as unnested (word)
    group by word
    having count(distinct author_key) filter (where is_episode) >= $authors

),

shares as (

    select
        words.word,
        words.mentions,
        words.mentions / totals.episode_posts as share,
        words.usual / totals.usual_posts as usual_share,
        (words.mentions + words.usual) / (totals.episode_posts + totals.usual_posts) as pooled,
        1 / totals.episode_posts + 1 / totals.usual_posts as per_post
    from words
    cross join totals
    where totals.usual_posts > 0

)

select word, mentions, share, usual_share
from shares
where share - usual_share > 3 * sqrt(pooled * (1 - pooled) * per_post)
order by (share - usual_share) / nullif(sqrt(pooled * (1 - pooled) * per_post), 0) desc, word
limit $rows
