{#
  Why posts of owned accounts drew negative answers. A post's outcome is the share of negative ones among the
  scored answers of its first seven days, the same age for all. A cause is a property that a post may have: what
  it is about (topic), how it is made (content), when it was published (timing). Each post with the property is
  compared with the posts without it that the same account published within 14 days of it: same channel, same
  weeks, so that a crisis which darkens all answers is no cause. What the classifier misses makes effects smaller
  than they are, not larger: labels are taken as they come. The effect is the mean of these differences,
  with a 95% interval from their spread; posts share comparison posts, so it is a little too narrow.

  What the answers complain about is told in rows of kind `complaint`: posts that drew more negative answers than
  their account usually does, against the comparison posts; the outcome is the share of answers that are negative
  and about the topic. These posts are chosen by their outcome: the rows tell what people complained about, and how
  much more than elsewhere, not what made them. Below ten matched posts a row says that data are too few, and no effect.
#}

{%- set minimum_posts = 10 %}
{%- set minimum_answers = 2 %}

with owned as (

    select
        posts.post_key,
        posts.post_date,
        posts.posted_at,
        posts.author_key,
        posts.text,
        accounts.entity_id
    from {{ ref('fct_posts') }} as posts
    inner join {{ ref('int_owned_accounts') }} as accounts on posts.author_key = accounts.author_key
    where posts.post_type <> 'reshare'

),

answers as (

    select
        owned.post_key,
        posts.post_key as answer_key,
        scores.mention_key,
        scores.sentiment_label
    from owned
    inner join {{ ref('fct_posts') }} as posts on owned.post_key = posts.parent_post_key
    inner join {{ ref('fct_mention_sentiment') }} as scores
        on posts.post_key || '|' || owned.entity_id = scores.mention_key
    left join {{ ref('int_owned_accounts') }} as speakers on posts.author_key = speakers.author_key
    where
        speakers.author_key is null
        and posts.exclusion_reason is null
        and scores.sentiment_label <> 'unscored'
        and {{ seconds_between('owned.posted_at', 'posts.posted_at') }} <= 7 * 86400

),

outcomes as (

    select
        owned.post_key,
        owned.post_date,
        owned.author_key,
        owned.entity_id,
        owned.text,
        owned.posted_at,
        count(*) as answers,
        count(case when answers.sentiment_label = 'negative' then 1 end) as negative_answers
    from owned
    inner join answers on owned.post_key = answers.post_key
    group by owned.post_key, owned.post_date, owned.author_key, owned.entity_id, owned.text, owned.posted_at
    having count(*) >= {{ minimum_answers }}

),

usual as (

    select author_key, {{ ratio('sum(negative_answers)', 'sum(answers)') }} as negative_share
    from outcomes
    group by author_key

),

-- Answers that are negative and about a topic, by post.
complaints as (

    select answers.post_key, topics.topic, count(*) as about
    from answers
    inner join {{ ref('fct_mention_topics') }} as topics on answers.mention_key = topics.mention_key
    where answers.sentiment_label = 'negative'
    group by answers.post_key, topics.topic

),

traits as (

    select outcomes.post_key, 'topic' as cause_kind, topics.topic as cause
    from outcomes
    inner join {{ ref('fct_mention_topics') }} as topics
        on outcomes.post_key || '|' || outcomes.entity_id = topics.mention_key

    {% for cause, condition in [
        ('has_link', "text like '%http%'"),
        ('asks_question', "text like '%?%'"),
        ('has_hashtag', "text like '%#%'"),
        ('is_long', 'length(text) >= 140'),
        ('has_number', "text similar to '.*[0-9].*'")
    ] -%}
    union all

    select post_key, 'content', '{{ cause }}' from outcomes
    where {{ condition }}

    {% endfor -%}
    union all

    select post_key, 'timing', 'weekend' from outcomes
    where extract(isodow from post_date) >= 6

    union all

    select outcomes.post_key, 'complaint', topics.topic
    from outcomes
    inner join usual on outcomes.author_key = usual.author_key
    cross join (select distinct complaints.topic from complaints) as topics
    where outcomes.negative_answers > outcomes.answers * usual.negative_share

),

causes as (

    select distinct cause_kind, cause from traits

),

-- Each post under each cause: with it or without it, and what counts as its outcome there.
judged as (

    select
        outcomes.entity_id,
        outcomes.author_key,
        outcomes.post_date,
        outcomes.post_key,
        causes.cause_kind,
        causes.cause,
        traits.post_key is not null as has_cause,
        outcomes.answers,
        case when causes.cause_kind = 'complaint' then coalesce(complaints.about, 0) else outcomes.negative_answers end as hits
    from outcomes
    cross join causes
    left join traits
        on outcomes.post_key = traits.post_key and causes.cause_kind = traits.cause_kind and causes.cause = traits.cause
    left join complaints on outcomes.post_key = complaints.post_key and causes.cause = complaints.topic

),

matched as (

    select
        treated.entity_id,
        treated.cause_kind,
        treated.cause,
        treated.post_key,
        treated.answers,
        treated.hits,
        count(*) as comparison_posts,
        sum(compared.answers) as comparison_answers,
        sum(compared.hits) as comparison_hits
    from judged as treated
    inner join judged as compared
        on treated.author_key = compared.author_key
        and treated.cause_kind = compared.cause_kind
        and treated.cause = compared.cause
    where
        treated.has_cause
        and not compared.has_cause
        and compared.post_date between treated.post_date - 14 and treated.post_date + 14
    group by
        treated.entity_id, treated.cause_kind, treated.cause, treated.post_key, treated.answers, treated.hits

),

-- In millionths, so that sums do not depend on the order in which they are made.
differences as (

    select
        *,
        cast(round(1000000.0 * hits / answers) as bigint) as share_micro,
        cast(round(1000000.0 * comparison_hits / comparison_answers) as bigint) as comparison_micro
    from matched

),

effects as (

    select
        entity_id,
        cause_kind,
        cause,
        cast(count(*) as bigint) as matched_posts,
        cast(sum(answers) as bigint) as answers,
        cast(sum(hits) as bigint) as negative_answers,
        sum(share_micro) / 1000000.0 / count(*) as share,
        sum(comparison_micro) / 1000000.0 / count(*) as comparison_share,
        sum(share_micro - comparison_micro) / 1000000.0 / count(*) as effect,
        sqrt(greatest(
            sum((share_micro - comparison_micro) * (share_micro - comparison_micro)) / 1000000000000.0
            - power(sum(share_micro - comparison_micro) / 1000000.0, 2) / count(*), 0)
            / nullif(count(*) - 1, 0) / count(*)) as standard_error
    from differences
    group by entity_id, cause_kind, cause

),

totals as (

    select
        judged.entity_id,
        judged.cause_kind,
        judged.cause,
        cast(count(case when judged.has_cause then 1 end) as bigint) as posts,
        cast(count(case when not judged.has_cause then 1 end) as bigint) as other_posts
    from judged
    group by judged.entity_id, judged.cause_kind, judged.cause

)

select
    totals.entity_id,
    totals.cause_kind,
    totals.cause,
    totals.posts,
    totals.other_posts,
    coalesce(effects.matched_posts, 0) as matched_posts,
    coalesce(effects.answers, 0) as answers,
    coalesce(effects.negative_answers, 0) as negative_answers,
    round(effects.share, 6) as negative_share,
    round(effects.comparison_share, 6) as comparison_negative_share,
    {% for column, value in [
        ('effect', 'effects.effect'),
        ('effect_low', 'effects.effect - 1.959964 * effects.standard_error'),
        ('effect_high', 'effects.effect + 1.959964 * effects.standard_error')
    ] -%}
    case when effects.matched_posts >= {{ minimum_posts }} then round({{ value }}, 6) end as {{ column }},
    {% endfor -%}
    case
        when coalesce(effects.matched_posts, 0) < {{ minimum_posts }} then 'too few posts'
        when effects.effect - 1.959964 * effects.standard_error > 0 then 'more negative'
        when effects.effect + 1.959964 * effects.standard_error < 0 then 'less negative'
        else 'no clear effect'
    end as verdict,
    'negative_causes.v1' as metric_version
from totals
left join effects
    on totals.entity_id = effects.entity_id
    and totals.cause_kind = effects.cause_kind
    and totals.cause = effects.cause
where totals.posts > 0
