{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'mentions', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with matches as (

    select * from {{ ref('int_query_matches') }}
    {{ where_open('mentions') }}

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
    matches.relevance,
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
inner join posts on matches.post_key = posts.post_key
