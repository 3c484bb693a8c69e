{#
  Marks texts that were posted more than once on the same day.

  exact: the same text, to the letter. near: word sets (no URLs, no handles) that overlap at least
  near_duplicate_similarity, found with MinHash in four bands of two (Broder 1997) and verified with
  the Jaccard index. Nothing is deleted: each post names its cluster, and the earliest post of the day
  is the one that counts. Clusters end with the day, so that a closed day never changes because of a
  later one.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'posts'}
) }}
-- depends_on: {{ ref('int_open_days') }}

{%- set bands = [
    [(1103515245, 12345), (69069, 907133923)],
    [(1664525, 1013904223), (22695477, 271828183)],
    [(214013, 2531011), (134775813, 161803399)],
    [(16807, 577215665), (48271, 693147181)]
] %}

with texts as (

    select post_date, post_key, posted_at, content_hash, tokens
    from {{ ref('int_posts_tokenised') }}
    {% if is_incremental() -%}
    where post_date in ({{ open_days('posts') }}) and post_type <> 'reshare'
    {%- else -%}
    where post_type <> 'reshare'
    {%- endif %}

),

-- One number a text, in the order of time; joins on it alone leave the planner no wrong order to choose.
posts as {{ materialised() }} (

    select
        post_date,
        post_key,
        content_hash,
        row_number() over (order by post_date, posted_at, post_key) as text_id
    from texts

),

exact as {{ materialised() }} (

    select
        post_date,
        post_key,
        text_id,
        min(text_id) over (partition by post_date, content_hash) as exact_leader
    from posts

),

-- One text per exact cluster goes on; very short texts say the same by chance.
distinct_texts as {{ materialised() }} (

    select exact.post_date, exact.text_id, {{ content_words('texts.tokens') }} as words
    from exact
    inner join texts on exact.post_key = texts.post_key
    where exact.text_id = exact.exact_leader and {{ list_length('texts.tokens') }} >= 5

),

hashed as {{ materialised() }} (

    select post_date, text_id, {{ list_hashes('words') }} as hashes
    from distinct_texts
    where {{ list_length('words') }} >= 5

),

banded as {{ materialised() }} (

    {% for band in bands %}
    select
        post_date,
        text_id,
        {{ loop.index }} as band,
        {{ min_hash('hashes', band[0][0], band[0][1]) }} * 2147483648
        + {{ min_hash('hashes', band[1][0], band[1][1]) }} as bucket
    from hashed
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

bucket_leaders as (

    select post_date, band, bucket, min(text_id) as leader
    from banded
    group by post_date, band, bucket
    having count(*) > 1

),

candidates as {{ materialised() }} (

    select distinct banded.text_id, bucket_leaders.leader
    from banded
    inner join bucket_leaders
        on banded.post_date = bucket_leaders.post_date
        and banded.band = bucket_leaders.band
        and banded.bucket = bucket_leaders.bucket
    where banded.text_id > bucket_leaders.leader

),

compared as (

    select
        candidates.text_id,
        candidates.leader,
        {{ list_length('own.words') }} + {{ list_length('earlier.words') }} as word_count,
        {{ list_overlap('own.words', 'earlier.words') }} as shared_words
    from candidates
    inner join distinct_texts as own on candidates.text_id = own.text_id
    inner join distinct_texts as earlier on candidates.leader = earlier.text_id

),

-- Jaccard index: shared words over all words of the two.
near as {{ materialised() }} (

    select text_id, min(leader) as near_leader
    from compared
    where shared_words >= {{ var('near_duplicate_similarity') }} * (word_count - shared_words)
    group by text_id

),

-- A leader may itself follow an earlier one: one more step joins the two.
led as (

    select
        exact.post_date,
        exact.post_key,
        case
            when exact.text_id <> exact.exact_leader then 'exact'
            when near.near_leader is not null then 'near'
            else 'first'
        end as duplicate_kind,
        coalesce(second_step.near_leader, near.near_leader, exact.exact_leader) as leader
    from exact
    left join near on exact.exact_leader = near.text_id
    left join near as second_step on near.near_leader = second_step.text_id

)

select
    led.post_date,
    led.post_key,
    leaders.post_key as cluster_key,
    led.duplicate_kind,
    count(*) over (partition by led.leader) as cluster_size
from led
inner join posts as leaders on led.leader = leaders.text_id
