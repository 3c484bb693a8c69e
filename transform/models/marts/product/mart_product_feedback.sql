{#
  What people say of a product, topic by topic and week by week, against the four weeks before: a two-proportion
  z test of the negative share, so that a change that is no change is called that. Made from the daily rollup.
#}

with days as (

    select topics.*
    from {{ ref('mart_topics_daily') }} as topics
    inner join {{ ref('dim_entities') }} as entities on topics.entity_id = entities.entity_id
    where entities.entity_kind in ('brand', 'rival', 'product')

),

weeks as (

    select
        entity_id,
        topic,
        {{ week_start('mention_date') }} as week_start_date,
        cast(sum(mentions) as bigint) as mentions,
        cast(sum(positive) as bigint) as positive,
        cast(sum(neutral) as bigint) as neutral,
        cast(sum(negative) as bigint) as negative,
        cast(sum(engagement) as bigint) as engagement
    from days
    group by entity_id, topic, {{ week_start('mention_date') }}

),

compared as (

    select
        own.entity_id,
        own.topic,
        own.week_start_date,
        max(own.mentions) as mentions,
        max(own.positive) as positive,
        max(own.neutral) as neutral,
        max(own.negative) as negative,
        max(own.engagement) as engagement,
        cast(coalesce(sum(past.negative), 0) as bigint) as negative_before,
        cast(coalesce(sum(past.positive + past.neutral + past.negative), 0) as bigint) as scored_before
    from weeks as own
    left join weeks as past
        on own.entity_id = past.entity_id
        and own.topic = past.topic
        and past.week_start_date < own.week_start_date
        and past.week_start_date >= own.week_start_date - 28
    group by own.entity_id, own.topic, own.week_start_date

),

tested as (

    select
        *,
        positive + neutral + negative as scored,
        {{ two_proportion_z('negative', '(positive + neutral + negative)', 'negative_before', 'scored_before') }} as negative_z
    from compared

)

select
    tested.entity_id,
    entities.entity_kind,
    coalesce(entities.parent_entity_id, tested.entity_id) as brand_id,
    tested.topic,
    tested.week_start_date,
    tested.mentions,
    tested.scored as scored_mentions,
    tested.positive,
    tested.neutral,
    tested.negative,
    {{ net_sentiment('tested.positive', 'tested.negative', 'tested.neutral') }} as net_sentiment,
    {{ ratio('tested.negative', 'tested.scored') }} as negative_share,
    {{ wilson('tested.negative', 'tested.scored', 'low') }} as negative_share_low,
    {{ wilson('tested.negative', 'tested.scored', 'high') }} as negative_share_high,
    {{ ratio('tested.negative_before', 'tested.scored_before') }} as negative_share_before,
    tested.negative_z,
    case
        when tested.scored < 5 or tested.scored_before < 5 then 'too few'
        when tested.negative_z >= 1.96 then 'worse'
        when tested.negative_z <= -1.96 then 'better'
        else 'no clear change'
    end as change_verdict,
    tested.engagement,
    'product_feedback.v1' as metric_version
from tested
inner join {{ ref('dim_entities') }} as entities on tested.entity_id = entities.entity_id
