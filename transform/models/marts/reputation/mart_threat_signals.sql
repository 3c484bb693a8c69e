{#
  Mentions in which somebody names a threat: harm, violence, law, boycott, data, fakes. One row per mention and
  kind of threat; spam is left out. The score tells what to read first; it does not tell what is true.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with hits as (

    select
        post_key,
        category as threat_kind,
        max(severity) as severity,
        string_agg(term, ' | ' order by term) as threat_terms
    from {{ ref('int_lexicon_hits') }}
    {% if is_incremental() -%}
    where lexicon = 'threat' and post_date in ({{ open_days('scores') }})
    {%- else -%}
    where lexicon = 'threat'
    {%- endif %}
    group by post_key, category

),

mentions as (

    select * from {{ ref('fct_mention_sentiment') }}
    {% if is_incremental() -%}
    where coalesce(exclusion_reason, '') <> 'spam' and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where coalesce(exclusion_reason, '') <> 'spam'
    {%- endif %}

)

select
    mentions.mention_key,
    hits.threat_kind,
    mentions.entity_id,
    mentions.post_key,
    mentions.mention_date,
    mentions.platform,
    mentions.language,
    mentions.author_key,
    mentions.is_counted,
    hits.threat_terms,
    hits.severity,
    mentions.sentiment_label,
    mentions.p_negative,
    mentions.engagement_total,
    -- Severity 1 to 3 is 20 to 60; a negative text adds up to 30, public echo up to 10 (from 1,000 interactions on).
    20.0 * hits.severity
    + 30 * coalesce(mentions.p_negative, 0)
    + 10 * least(ln(1 + cast(coalesce(mentions.engagement_total, 0) as double)) / ln(1001), 1) as threat_score,
    'threats.v1' as metric_version
from mentions
inner join hits on mentions.post_key = hits.post_key
