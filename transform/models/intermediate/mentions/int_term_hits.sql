{#
  Which terms stand in which post, and at how many places; NEAR counts as a term of its own, hit wherever the later
  of its two sides stands. For every term of the second side, the nearest end of the first side before it decides.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'mentions'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with posts as (

    select post_date, post_key, title, text, tokens
    from {{ ref('int_posts_tokenised') }}
    {{ where_open('mentions') }}

),

{{ term_places() }},

sides as (

    select
        places.post_date,
        places.post_key,
        pairs.pair_id,
        pairs.order_number,
        pairs.distance,
        pairs.stands_first,
        case when pairs.stands_first then places.last_position else places.position end as position
    from places
    inner join {{ ref('stg_listening__query_pairs') }} as pairs on places.term_id = pairs.term_id

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

    select post_date, post_key, term_id from places

    union all

    select post_date, post_key, pair_id as term_id from neighbours
    where not stands_first and position - end_before <= distance

)

select post_date, post_key, term_id, cast(count(*) as bigint) as hit_count
from hits
group by post_date, post_key, term_id
