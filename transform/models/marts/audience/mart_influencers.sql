{#
  Who is heard about an entity, by network, over the audience window before the last day of the data. The four
  parts stand beside each other, each as it is; only their ranks within one network are averaged.
#}

with days as (

    select max(mention_date) as last_date from {{ ref('int_author_mentions_daily') }}

),

authors as (

    select
        own.entity_id,
        own.platform,
        own.author_key,
        cast(sum(own.mentions) as bigint) as mentions,
        max(own.followers) as reach,
        {{ ratio('sum(own.engagement)', 'sum(case when own.engagement is not null then own.engagement_mentions end) * max(own.followers)') }} as resonance,
        cast(max(days.last_date) - max(own.mention_date) as bigint) as days_since_last,
        cast(sum(own.paid_mentions) as bigint) as paid_mentions
    from {{ ref('int_author_mentions_daily') }} as own
    cross join days
    where own.mention_date > days.last_date - {{ var('audience_window_days') }}
    group by own.entity_id, own.platform, own.author_key

),

voices as (

    select
        *,
        {{ ratio('mentions', 'sum(mentions) over (partition by platform, author_key)') }} as relevance,
        -- Ties share the mean of their ranks, and what is not known has no rank.
        {% for part in ['reach', 'resonance'] -%}
        case when {{ part }} is not null then
            percent_rank() over (partition by entity_id, platform, case when {{ part }} is null then 1 else 0 end order by {{ part }})
        end as {{ part }}_percentile,
        {% endfor -%}
        percent_rank() over (partition by entity_id, platform order by days_since_last desc) as recency_percentile
    from authors

),

ranked as (

    select
        *,
        percent_rank() over (partition by entity_id, platform order by relevance) as relevance_percentile,
        cast(count(*) over (partition by entity_id, platform) as bigint) as network_authors
    from voices

)

select
    entity_id,
    platform,
    author_key,
    mentions,
    reach,
    resonance,
    relevance,
    days_since_last,
    reach_percentile,
    resonance_percentile,
    relevance_percentile,
    recency_percentile,
    (
        coalesce(reach_percentile, 0) + coalesce(resonance_percentile, 0) + relevance_percentile + recency_percentile
    ) / (
        2 + case when reach_percentile is null then 0 else 1 end + case when resonance_percentile is null then 0 else 1 end
    ) as influence,
    percent_rank() over (
        partition by entity_id, platform
        order by (
            coalesce(reach_percentile, 0) + coalesce(resonance_percentile, 0) + relevance_percentile + recency_percentile
        ) / (
            2 + case when reach_percentile is null then 0 else 1 end + case when resonance_percentile is null then 0 else 1 end
        )
    ) as influence_percentile,
    network_authors,
    paid_mentions > 0 as has_paid_mentions,
    'influence.v1' as metric_version
from ranked
where reach is not null or resonance is not null
