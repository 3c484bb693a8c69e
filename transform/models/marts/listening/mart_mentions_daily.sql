{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'mentions', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentions as (

    select * from {{ ref('fct_mentions') }}
    {{ where_open('mentions', 'mention_date') }}

)

select
    entity_id,
    mention_date,
    platform,
    coalesce(language, 'und') as language,
    query_version,
    cast(count(*) as bigint) as mentions_total,
    cast(count(case when is_counted then 1 end) as bigint) as mentions,
    cast(count(case when exclusion_reason = 'reshare' then 1 end) as bigint) as reshares,
    cast(count(case when exclusion_reason = 'duplicate' then 1 end) as bigint) as duplicates,
    cast(count(case when exclusion_reason = 'spam' then 1 end) as bigint) as spam,
    cast(count(distinct case when is_counted then author_key end) as bigint) as authors,
    cast(sum(case when is_counted then engagement_total end) as bigint) as engagement,
    {{ ratio("count(case when is_counted and engagement_total is not null then 1 end)", "count(case when is_counted then 1 end)") }} as engagement_coverage,
    'mentions.v1' as metric_version
from mentions
group by entity_id, mention_date, platform, coalesce(language, 'und'), query_version
