{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'posts'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with observations as (

    select * from {{ ref('int_posts_unioned') }}
    {{ where_open('posts') }}

),

-- A deletion reaches the post whenever it comes, also before the post itself.
tombstones as (

    select distinct post_key from {{ ref('int_posts_unioned') }}
    where is_deleted

),

live_observations as (

    select observations.observation_id, observations.post_key, observations.observed_at
    from observations
    left join tombstones on observations.post_key = tombstones.post_key
    where tombstones.post_key is null and observations.post_date is not null

),

sightings as (

    select
        post_key,
        count(*) as observation_count,
        min(observed_at) as first_observed_at,
        max(observed_at) as last_observed_at,
        {{ value_at_max('observation_id', "cast(observed_at as varchar) || ' ' || observation_id") }} as latest_observation_id
    from live_observations
    group by post_key

),

-- Edits replace the text within the look-back; what comes later is counted, not applied.
content_versions as (

    select
        live_observations.post_key,
        {{ value_at_max('live_observations.observation_id', "cast(live_observations.observed_at as varchar) || ' ' || live_observations.observation_id") }} as content_observation_id
    from live_observations
    inner join sightings on live_observations.post_key = sightings.post_key
    cross join {{ ref('int_settings') }} as settings
    where
        live_observations.observed_at
        <= sightings.first_observed_at + settings.look_back_days * interval '1 day'
    group by live_observations.post_key

),

contents as (

    select
        observations.post_key,
        observations.post_date,
        observations.posted_at,
        observations.source_name,
        observations.platform,
        observations.native_post_id,
        observations.post_type,
        observations.title,
        observations.text,
        observations.url,
        observations.country,
        observations.author_key,
        observations.parent_post_id,
        observations.reshared_post_id,
        observations.edited_at,
        lower(split_part(replace(observations.language_tag, '_', '-'), '-', 1)) as platform_language,
        observations.detected_language,
        concat_ws(' ', observations.title, observations.text) as content,
        sightings.observation_count,
        sightings.first_observed_at,
        sightings.last_observed_at,
        sightings.latest_observation_id,
        sightings.latest_observation_id <> observations.observation_id as has_later_observation
    from content_versions
    inner join observations on content_versions.content_observation_id = observations.observation_id
    inner join sightings on content_versions.post_key = sightings.post_key

)

select
    contents.post_key,
    contents.post_date,
    contents.posted_at,
    contents.source_name,
    contents.platform,
    contents.native_post_id,
    contents.post_type,
    contents.title,
    contents.text,
    contents.url,
    contents.country,
    contents.author_key,
    contents.parent_post_id,
    contents.reshared_post_id,
    contents.edited_at,
    coalesce(nullif(contents.platform_language, 'und'), contents.detected_language) as language,
    case
        when nullif(contents.platform_language, 'und') is not null then 'platform'
        when contents.detected_language is not null then 'detected'
        else 'none'
    end as language_source,
    contents.observation_count,
    contents.first_observed_at,
    contents.last_observed_at,
    latest.author_followers,
    latest.author_is_verified,
    {% for atom in engagement_atoms() %}latest.{{ atom }},
    {% endfor -%}
    contents.has_later_observation
    and md5(concat_ws(' ', latest.title, latest.text)) <> md5(contents.content) as has_late_edit,
    md5(contents.content) as content_hash,
    {{ tokens('contents.content') }} as tokens
from contents
inner join observations as latest on contents.latest_observation_id = latest.observation_id
