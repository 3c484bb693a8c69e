{#
  Which terms stand in which post, at how many places, and where they begin there; NEAR counts as a term of its own, hit wherever the later
  of its two sides stands. For every term of the second side, the nearest end of the first side before it decides.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'mentions'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with posts as {{ inlined() }} (

    select post_date, post_key, title, text, tokens
    from {{ ref('int_posts_tokenised') }}
    {{ where_open('mentions') }}

),

{{ term_places() }},

pairs as {{ materialised() }} (

    select * from {{ ref('stg_listening__query_pairs') }}

),

-- A post is looked at for a pair where the rarer side of the two stands: the other may be a common word.
place_counts as (

    select term_id, count(*) as place_count
    from places
    group by term_id

),

side_counts as (

    select pairs.pair_id, pairs.stands_first, sum(coalesce(place_counts.place_count, 0)) as place_count
    from pairs
    left join place_counts on pairs.term_id = place_counts.term_id
    where pairs.order_number = 1
    group by pairs.pair_id, pairs.stands_first

),

numbered_sides as (

    select
        pair_id,
        stands_first,
        row_number() over (partition by pair_id order by place_count, stands_first) as rarity
    from side_counts

),

rarer_terms as (

    select pairs.pair_id, pairs.term_id
    from numbered_sides
    inner join pairs
        on numbered_sides.pair_id = pairs.pair_id and numbered_sides.stands_first = pairs.stands_first
    where numbered_sides.rarity = 1 and pairs.order_number = 1

),

candidates as (

    select distinct places.post_date, places.post_key, rarer_terms.pair_id
    from places
    inner join rarer_terms on places.term_id = rarer_terms.term_id

),

candidate_places as {{ materialised() }} (

    select
        candidates.post_date,
        candidates.post_key,
        candidates.pair_id,
        places.term_id,
        places.position,
        places.last_position
    from candidates
    inner join places on candidates.post_key = places.post_key

),

sides as (

    select
        candidate_places.post_date,
        candidate_places.post_key,
        pairs.pair_id,
        pairs.order_number,
        pairs.distance,
        pairs.stands_first,
        case
            when pairs.stands_first then candidate_places.last_position else candidate_places.position
        end as position
    from candidate_places
    inner join pairs on candidate_places.pair_id = pairs.pair_id and candidate_places.term_id = pairs.term_id

),

neighbours as (

    select
        post_date,
        post_key,
        pair_id,
        distance,
        stands_first,
        position,
        max(case when stands_first then position end) over (
            partition by post_key, pair_id, order_number
            order by position
            range between unbounded preceding and 1 preceding
        ) as end_before
    from sides

),

hits as (

    select post_date, post_key, term_id, position, last_position from places

    union all

    -- Which of its words names somebody, a pair does not tell.
    select post_date, post_key, pair_id as term_id, null as position, null as last_position from neighbours
    where not stands_first and position - end_before <= distance

)

select
    post_date,
    post_key,
    term_id,
    cast(count(*) as bigint) as hit_count,
    array_agg(position) as positions,
    cast(max(last_position - position + 1) as bigint) as token_count
from hits
group by post_date, post_key, term_id
