{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'posts'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with observations as (

    select * from {{ ref('int_posts_unioned') }}
    {% if is_incremental() -%}
    where post_date in ({{ open_days('posts') }}) and not is_deleted
    {%- else -%}
    where not is_deleted
    {%- endif %}

),

posts as (

    select post_key, post_date, posted_at, platform from {{ ref('int_posts_tokenised') }}
    {{ where_open('posts') }}

),

-- Two files may tell of the same moment; the larger figures are the later ones.
snapshots as (

    select
        post_key,
        observed_at,
        {% for atom in engagement_atoms() -%}
        max({{ atom }}) as {{ atom }}{{ ',' if not loop.last }}
        {% endfor %}
    from observations
    group by post_key, observed_at

)

select
    posts.post_key,
    posts.post_date,
    posts.platform,
    snapshots.observed_at,
    greatest({{ seconds_between('posts.posted_at', 'snapshots.observed_at') }}, 0) as age_seconds,
    {% for atom in engagement_atoms() %}snapshots.{{ atom }},
    {% endfor -%}
    {{ engagement_total('snapshots.') }} as engagement_total
from snapshots
inner join posts on snapshots.post_key = posts.post_key
