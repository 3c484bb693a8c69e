{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'posts'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with posts as (

    select * from {{ ref('int_posts') }}
    {{ where_open('posts') }}

)

select
    post_key,
    post_date,
    posted_at,
    source_name,
    platform,
    native_post_id,
    post_type,
    author_key,
    language,
    language_source,
    country,
    title,
    text,
    url,
    edited_at,
    edited_at is not null as is_edited,
    source_name || ':' || parent_post_id as parent_post_key,
    source_name || ':' || reshared_post_id as reshared_post_key,
    cluster_key,
    duplicate_kind,
    spam_reason,
    exclusion_reason,
    exclusion_reason is null as is_counted,
    author_followers,
    author_is_verified,
    {% for atom in engagement_atoms() %}{{ atom }},
    {% endfor -%}
    {{ engagement_total() }} as engagement_total,
    last_observed_at as engagement_observed_at,
    observation_count,
    has_late_edit
from posts
