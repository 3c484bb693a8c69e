{#
  What moved an entity's net sentiment from one week to the next, topic by topic:

    change = sum over topics of (w1 - w0)(s0 - S0)  +  w1 (s1 - s0)
                                 mix effect            rate effect

  w = the topic's share of the scored mentions, s = its net sentiment, S0 = net sentiment of the week before; 0 is
  the week before, 1 this week. The effects of all topics add up to the change exactly. A topic that is new has no
  s0: it is taken as S0, so all of it is rate; one that is gone has no s1, and all of it is mix.
#}

with weeks as (

    select
        entity_id,
        {{ week_start('mention_date') }} as week_start_date,
        topic,
        cast(sum(positive) as bigint) as positive,
        cast(sum(negative) as bigint) as negative,
        cast(sum(positive + neutral + negative) as bigint) as mentions
    from {{ ref('int_topic_sentiment_daily') }}
    group by entity_id, {{ week_start('mention_date') }}, topic

),

totals as (

    select
        entity_id,
        week_start_date,
        cast(sum(mentions) as bigint) as mentions,
        {{ ratio('sum(positive - negative)', 'sum(mentions)') }} as net_sentiment
    from weeks
    group by entity_id, week_start_date

),

pairs as (

    select
        this_week.entity_id,
        this_week.week_start_date,
        this_week.mentions,
        week_before.mentions as mentions_before,
        this_week.net_sentiment,
        week_before.net_sentiment as net_sentiment_before
    from totals as this_week
    inner join totals as week_before
        on this_week.entity_id = week_before.entity_id
        and this_week.week_start_date = week_before.week_start_date + 7

),

topics as (

    select entity_id, week_start_date, topic from weeks
    union
    select entity_id, week_start_date + 7 as week_start_date, topic from weeks

),

compared as (

    select
        pairs.entity_id,
        pairs.week_start_date,
        topics.topic,
        pairs.mentions,
        pairs.mentions_before,
        pairs.net_sentiment,
        pairs.net_sentiment_before,
        coalesce(now.mentions, 0) as topic_mentions,
        coalesce(before.mentions, 0) as topic_mentions_before,
        {{ ratio('coalesce(now.mentions, 0)', 'pairs.mentions') }} as w1,
        {{ ratio('coalesce(before.mentions, 0)', 'pairs.mentions_before') }} as w0,
        {{ ratio('(now.positive - now.negative)', 'now.mentions') }} as s1,
        {{ ratio('(before.positive - before.negative)', 'before.mentions') }} as s0
    from pairs
    inner join topics on pairs.entity_id = topics.entity_id and pairs.week_start_date = topics.week_start_date
    left join weeks as now
        on topics.entity_id = now.entity_id and topics.week_start_date = now.week_start_date and topics.topic = now.topic
    left join weeks as before
        on topics.entity_id = before.entity_id
        and topics.week_start_date = before.week_start_date + 7
        and topics.topic = before.topic

)

select
    entity_id,
    week_start_date,
    topic,
    topic_mentions,
    topic_mentions_before,
    w1 as topic_share,
    w0 as topic_share_before,
    s1 as topic_net_sentiment,
    s0 as topic_net_sentiment_before,
    (w1 - w0) * (coalesce(s0, net_sentiment_before) - net_sentiment_before) as mix_effect,
    w1 * (coalesce(s1, s0, net_sentiment_before) - coalesce(s0, net_sentiment_before)) as rate_effect,
    (w1 - w0) * (coalesce(s0, net_sentiment_before) - net_sentiment_before)
    + w1 * (coalesce(s1, s0, net_sentiment_before) - coalesce(s0, net_sentiment_before)) as effect,
    net_sentiment,
    net_sentiment_before,
    net_sentiment - net_sentiment_before as net_sentiment_change,
    mentions as scored_mentions,
    mentions_before as scored_mentions_before,
    'sentiment_drivers.v1' as metric_version
from compared
