{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentions as (

    select * from {{ ref('fct_mention_sentiment') }}
    {% if is_incremental() -%}
    where is_counted and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where is_counted
    {%- endif %}

),

strata as (

    select
        entity_id,
        mention_date,
        {{ error_stratum() }} as stratum,
        max(model_version) as model_version,
        {% for label in ['positive', 'neutral', 'negative', 'unscored'] -%}
        cast(count(case when sentiment_label = '{{ label }}' then 1 end) as bigint) as {{ label }}{{ ',' if not loop.last }}
        {% endfor %}
    from mentions
    group by entity_id, mention_date, {{ error_stratum() }}

),

counts as (

    select
        entity_id,
        mention_date,
        max(model_version) as model_version,
        {% for label in ['positive', 'neutral', 'negative', 'unscored'] -%}
        cast(sum({{ label }}) as bigint) as {{ label }}{{ ',' if not loop.last }}
        {% endfor %}
    from strata
    group by entity_id, mention_date

),

-- An author's several voices of one day are one vote: the majority of theirs, a tie being neutral.
author_votes as (

    select
        entity_id,
        mention_date,
        author_key,
        sign(count(case when sentiment_label = 'positive' then 1 end)
            - count(case when sentiment_label = 'negative' then 1 end)) as vote
    from mentions
    where sentiment_label <> 'unscored' and author_key is not null
    group by entity_id, mention_date, author_key

),

votes as (

    select
        entity_id,
        mention_date,
        {{ ratio('sum(cast(vote as bigint))', 'count(*)') }} as net_sentiment_per_author
    from author_votes
    group by entity_id, mention_date

),

corrected as (

    {{ corrected_shares('strata', ['entity_id', 'mention_date']) }}

)

select
    counts.entity_id,
    counts.mention_date,
    counts.positive + counts.neutral + counts.negative as scored_mentions,
    counts.positive,
    counts.neutral,
    counts.negative,
    counts.unscored,
    {{ net_sentiment('counts.positive', 'counts.negative', 'counts.neutral') }} as net_sentiment,
    {{ net_sentiment_polar('counts.positive', 'counts.negative') }} as net_sentiment_polar,
    {{ experience_score('counts.positive', 'counts.negative', 'counts.neutral') }} as experience_score,
    {{ brand_health_ratio('counts.positive', 'counts.negative') }} as brand_health_ratio,
    votes.net_sentiment_per_author,
    {% for label in ['positive', 'neutral', 'negative'] -%}
    {{ ratio('counts.' ~ label, '(counts.positive + counts.neutral + counts.negative)') }} as {{ label }}_share_raw,
    {% endfor -%}
    {% for label in ['positive', 'neutral', 'negative'] -%}
    corrected.{{ label }} as {{ label }}_share,
    corrected.{{ label }}_low as {{ label }}_share_low,
    corrected.{{ label }}_high as {{ label }}_share_high,
    {% endfor -%}
    corrected.net as net_sentiment_corrected,
    corrected.net_low as net_sentiment_corrected_low,
    corrected.net_high as net_sentiment_corrected_high,
    corrected.own_error_share,
    {{ ratio('(counts.positive + counts.neutral + counts.negative)', '(counts.positive + counts.neutral + counts.negative + counts.unscored)') }} as coverage,
    counts.model_version,
    'sentiment.v2' as metric_version
from counts
left join votes on counts.entity_id = votes.entity_id and counts.mention_date = votes.mention_date
left join corrected on counts.entity_id = corrected.entity_id and counts.mention_date = corrected.mention_date
