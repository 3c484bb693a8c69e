{#
  trend_score = ((v - m14) v log10(authors)) / (1 + m14), v being the topic's share of the platform's posts of the
  day (counted mentions, duplicates removed) and m14 the mean share of the fourteen days before. A day without
  the topic is a share of 0 there; a day on which the platform had no posts at all is not known and left out. Seven
  of the fourteen must be known.
#}

with volumes as (

    select * from {{ ref('int_platform_topics_daily') }}

),

platform_days as (

    select mention_date, platform, posts as platform_posts from volumes
    where topic = ''

),

shares as (

    select
        volumes.mention_date,
        volumes.platform,
        volumes.topic,
        volumes.posts,
        volumes.authors,
        platform_days.platform_posts,
        {{ ratio('volumes.posts', 'platform_days.platform_posts') }} as volume_share
    from volumes
    inner join platform_days
        on volumes.platform = platform_days.platform and volumes.mention_date = platform_days.mention_date
    where volumes.topic <> ''

),

known_days as (

    select own.mention_date, own.platform, count(past.mention_date) as days_known
    from platform_days as own
    left join platform_days as past
        on own.platform = past.platform
        and past.mention_date < own.mention_date
        and past.mention_date >= own.mention_date - 14
    group by own.mention_date, own.platform

),

earlier as (

    select own.mention_date, own.platform, own.topic, sum(cast(past.volume_share as decimal(18, 12))) as share_sum
    from shares as own
    left join shares as past
        on own.platform = past.platform
        and own.topic = past.topic
        and past.mention_date < own.mention_date
        and past.mention_date >= own.mention_date - 14
    group by own.mention_date, own.platform, own.topic

),

compared as (

    select
        shares.*,
        cast(known_days.days_known as bigint) as days_known,
        case when known_days.days_known >= 7
            then cast(coalesce(earlier.share_sum, 0) as double) / known_days.days_known end as mean_share_14d
    from shares
    inner join known_days
        on shares.platform = known_days.platform and shares.mention_date = known_days.mention_date
    inner join earlier
        on shares.platform = earlier.platform
        and shares.topic = earlier.topic
        and shares.mention_date = earlier.mention_date

),

scored as (

    select *, {{ trend_score('volume_share', 'mean_share_14d', 'authors') }} as trend_score
    from compared

)

select
    platform,
    topic,
    mention_date,
    posts,
    authors,
    platform_posts,
    volume_share,
    mean_share_14d,
    days_known,
    trend_score,
    case when trend_score is not null then
        cast(rank() over (partition by platform, mention_date, case when trend_score is null then 1 else 0 end order by trend_score desc) as bigint)
    end as trend_rank,
    'trend_score.v1' as metric_version
from scored
