select
    source_name,
    platform,
    sum(posts) as posts,
    sum(reshares) as reshares,
    sum(duplicates) as duplicates,
    sum(spam) as spam,
    sum(edited_posts) as edited_posts,
    sum(deleted_posts) as deleted_posts,
    sum(language_coverage * posts) / nullif(sum(posts), 0) as language_coverage,
    sum(author_coverage * posts) / nullif(sum(posts), 0) as author_coverage,
    sum(follower_coverage * posts) / nullif(sum(posts), 0) as follower_coverage,
    sum(engagement_coverage * posts) / nullif(sum(posts), 0) as engagement_coverage,
    max(last_observed_at) as last_observed_at,
    max(metric_version) as metric_version
from marts.mart_data_coverage
where post_date between $first_date and $last_date
group by source_name, platform
order by posts desc, source_name, platform
