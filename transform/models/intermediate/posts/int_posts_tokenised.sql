{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'posts'}
) }}
-- depends_on: {{ ref('int_open_days') }}

-- Read several times rather than kept aside: the rows are wide, and most looks read a few columns.
with observations as {{ inlined() }} (

    select * from {{ ref('int_posts_unioned') }}
    {{ where_open('posts') }}

),

-- A deletion reaches the post whenever it comes, also before the post itself.
tombstones as (

    select distinct post_key from {{ ref('int_posts_unioned') }}
    where is_deleted

),

live_observations as {{ inlined() }} (

    select observations.observation_id, observations.post_key, observations.observed_at
    from observations
    left join tombstones on observations.post_key = tombstones.post_key
    where tombstones.post_key is null and observations.post_date is not null

),

sightings as {{ materialised() }} (

    select
        post_key,
        count(*) as observation_count,
        min(observed_at) as first_observed_at,
        max(observed_at) as last_observed_at,
        min(observation_id) as any_observation_id
    from live_observations
    group by post_key

),

-- Most posts are seen once; only of the others it must be found which observation counts.
several_sightings as {{ materialised() }} (

    select
        live_observations.post_key,
        live_observations.observation_id,
        cast(live_observations.observed_at as varchar) || ' ' || live_observations.observation_id as sort_key,
        live_observations.observed_at
        <= sightings.first_observed_at + settings.look_back_days * interval '1 day' as is_within_look_back
    from live_observations
    inner join sightings on live_observations.post_key = sightings.post_key
    cross join {{ ref('int_settings') }} as settings
    where sightings.observation_count > 1

),

-- Edits replace the text within the look-back; what comes later is counted, not applied.
several_versions as (

    select
        post_key,
        {{ value_at_max('observation_id', 'sort_key') }} as latest_observation_id,
        {{ value_at_max('case when is_within_look_back then observation_id end', 'case when is_within_look_back then sort_key end') }} as content_observation_id
    from several_sightings
    group by post_key

),

versions as {{ materialised() }} (

    select
        sightings.post_key,
        sightings.observation_count,
        sightings.first_observed_at,
        sightings.last_observed_at,
        coalesce(several_versions.latest_observation_id, sightings.any_observation_id) as latest_observation_id,
        coalesce(several_versions.content_observation_id, sightings.any_observation_id) as content_observation_id
    from sightings
    left join several_versions on sightings.post_key = several_versions.post_key

),

later_observations as (

    select
        versions.content_observation_id,
        observations.title,
        observations.text,
        observations.author_followers,
        observations.author_is_verified,
        {% for atom in engagement_atoms() %}observations.{{ atom }}{{ ',' if not loop.last }}
        {% endfor %}
    from versions
    inner join observations on versions.latest_observation_id = observations.observation_id
    where versions.latest_observation_id <> versions.content_observation_id

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
        versions.observation_count,
        versions.first_observed_at,
        versions.last_observed_at,
        later.content_observation_id is not null as has_later_observation,
        concat_ws(' ', later.title, later.text) as later_content,
        {% for column in ['author_followers', 'author_is_verified'] + engagement_atoms() -%}
        case
            when later.content_observation_id is null then observations.{{ column }} else later.{{ column }}
        end as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from observations
    inner join versions on observations.observation_id = versions.content_observation_id
    left join later_observations as later on observations.observation_id = later.content_observation_id

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
    contents.author_followers,
    contents.author_is_verified,
    {% for atom in engagement_atoms() %}contents.{{ atom }},
    {% endfor -%}
    contents.has_later_observation and contents.later_content <> contents.content as has_late_edit,
    md5(contents.content) as content_hash,
    {{ tokens('contents.content') }} as tokens
from contents
