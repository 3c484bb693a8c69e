{#
  What the figures of a day rest on: how much of it came with a language, an author, followers and
  engagement, what was edited late, deleted or set aside, and how much of what exists its queries found.
#}

with deletions as (

    select post_key, max(post_date) as post_date, max(source_name) as source_name, max(platform) as platform
    from {{ ref('int_posts_unioned') }}
    where post_key in (
        select tombstones.post_key from {{ ref('int_posts_unioned') }} as tombstones where tombstones.is_deleted
    )
    group by post_key

),

deleted as (

    select source_name, platform, post_date, cast(count(*) as bigint) as deleted_posts
    from deletions
    where post_date is not null
    group by source_name, platform, post_date

),

live as (

    select
        source_name,
        platform,
        post_date,
        cast(count(*) as bigint) as posts,
        cast(sum(observation_count) as bigint) as observations,
        cast(count(case when exclusion_reason = 'reshare' then 1 end) as bigint) as reshares,
        cast(count(case when exclusion_reason = 'duplicate' then 1 end) as bigint) as duplicates,
        cast(count(case when exclusion_reason = 'spam' then 1 end) as bigint) as spam,
        cast(count(case when is_edited then 1 end) as bigint) as edited_posts,
        cast(count(case when has_late_edit then 1 end) as bigint) as late_edited_posts,
        count(language) as with_language,
        count(case when language_source = 'platform' then 1 end) as with_platform_language,
        count(author_key) as with_author,
        count(author_followers) as with_followers,
        count(engagement_total) as with_engagement,
        max(engagement_observed_at) as last_observed_at
    from {{ ref('fct_posts') }}
    group by source_name, platform, post_date

),

found as (

    select
        source_name || ' ' || platform || ' ' || cast(post_date as varchar) as day_key,
        cast(count(*) as bigint) as queries,
        cast(count(completeness) as bigint) as estimated_queries,
        sum(case when completeness is not null then found_posts end) as found_posts,
        -- Thousandths of posts: a sum of whole numbers is the same in every order.
        sum(cast(round(estimated_posts * 1000) as bigint)) / 1000.0 as estimated_posts
    from {{ ref('mart_query_coverage_daily') }}
    group by source_name, platform, post_date

),

days as (

    select
        coalesce(live.source_name, deleted.source_name) as source_name,
        coalesce(live.platform, deleted.platform) as platform,
        coalesce(live.post_date, deleted.post_date) as post_date,
        coalesce(live.posts, 0) as posts,
        coalesce(live.observations, 0) as observations,
        coalesce(live.reshares, 0) as reshares,
        coalesce(live.duplicates, 0) as duplicates,
        coalesce(live.spam, 0) as spam,
        coalesce(live.edited_posts, 0) as edited_posts,
        coalesce(live.late_edited_posts, 0) as late_edited_posts,
        coalesce(deleted.deleted_posts, 0) as deleted_posts,
        {{ ratio('live.with_language', 'live.posts') }} as language_coverage,
        {{ ratio('live.with_platform_language', 'live.posts') }} as platform_language_coverage,
        {{ ratio('live.with_author', 'live.posts') }} as author_coverage,
        {{ ratio('live.with_followers', 'live.posts') }} as follower_coverage,
        {{ ratio('live.with_engagement', 'live.posts') }} as engagement_coverage,
        live.last_observed_at
    from live
    full outer join deleted
        on live.source_name = deleted.source_name
        and live.platform = deleted.platform
        and live.post_date = deleted.post_date

)

select
    days.source_name,
    days.platform,
    days.post_date,
    days.posts,
    days.observations,
    days.reshares,
    days.duplicates,
    days.spam,
    days.edited_posts,
    days.late_edited_posts,
    days.deleted_posts,
    days.language_coverage,
    days.platform_language_coverage,
    days.author_coverage,
    days.follower_coverage,
    days.engagement_coverage,
    days.last_observed_at,
    found.queries,
    found.estimated_queries,
    {{ ratio('found.found_posts', 'found.estimated_posts') }} as query_completeness,
    case
        when found.estimated_queries > 0 then null
        when found.queries > 0 then 'no_query_estimated'
        else 'not_read_by_query'
    end as query_completeness_missing_reason,
    'coverage.v1' as metric_version
from days
left join found
    on days.source_name || ' ' || days.platform || ' ' || cast(days.post_date as varchar) = found.day_key
