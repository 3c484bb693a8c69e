{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'mentions', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with hits as (

    select * from {{ ref('int_term_hits') }}
    {{ where_open('mentions') }}

),

-- One term that excludes undoes all that include.
matches as (

    select
        hits.post_date,
        hits.post_key,
        terms.entity_id,
        max(terms.query_version) as query_version,
        string_agg(distinct terms.term_text, ' | ' order by terms.term_text) as matched_terms,
        cast(sum(hits.hit_count) as bigint) as hit_count
    from hits
    inner join {{ ref('int_query_terms') }} as terms on hits.term_id = terms.term_id
    group by hits.post_date, hits.post_key, terms.entity_id
    having max(case when terms.role = 'exclude' then 1 else 0 end) = 0

),

posts as (

    select * from {{ ref('fct_posts') }}
    {{ where_open('mentions') }}

)

select
    posts.post_key || '|' || matches.entity_id as mention_key,
    posts.post_key,
    matches.entity_id,
    matches.query_version,
    posts.post_date as mention_date,
    posts.posted_at as mentioned_at,
    posts.source_name,
    posts.platform,
    posts.post_type,
    posts.language,
    posts.country,
    posts.author_key,
    posts.author_followers,
    matches.matched_terms,
    matches.hit_count,
    posts.exclusion_reason,
    posts.is_counted,
    posts.engagement_total
from matches
inner join posts on matches.post_date = posts.post_date and matches.post_key = posts.post_key
