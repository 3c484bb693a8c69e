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

matches as (

    select
        hits.post_date,
        hits.post_key,
        terms.entity_id,
        max(terms.query_version) as query_version,
        min(terms.term_text) as first_term,
        max(terms.term_text) as last_term,
        cast(sum(hits.hit_count) as bigint) as hit_count,
        max(case when terms.role = 'exclude' then 1 else 0 end) as is_excluded
    from hits
    inner join {{ ref('int_query_terms') }} as terms on hits.term_id = terms.term_id
    group by hits.post_date, hits.post_key, terms.entity_id

),

-- Hardly any post matches two terms of one entity: only there are texts sorted and joined.
several_terms as (

    select
        matches.post_key,
        matches.entity_id,
        string_agg(distinct terms.term_text, ' | ' order by terms.term_text) as matched_terms
    from matches
    inner join hits on matches.post_key = hits.post_key
    inner join {{ ref('int_query_terms') }} as terms
        on hits.term_id = terms.term_id and matches.entity_id = terms.entity_id
    where matches.first_term <> matches.last_term
    group by matches.post_key, matches.entity_id

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
    coalesce(several_terms.matched_terms, matches.first_term) as matched_terms,
    matches.hit_count,
    posts.exclusion_reason,
    posts.is_counted,
    posts.engagement_total
from matches
inner join posts on matches.post_date = posts.post_date and matches.post_key = posts.post_key
left join several_terms on matches.post_key = several_terms.post_key and matches.entity_id = several_terms.entity_id
-- One term that excludes undoes all that include.
where matches.is_excluded = 0
