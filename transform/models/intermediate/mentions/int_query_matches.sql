{#
  Which query matches which post. A clause holds where one leaf of each of its groups does and none of group 0; a
  query matches where one of its clauses holds.

  A clause is first looked for by its rarest group of words, so that a common word of a long list costs nothing
  where the brand is not named. Filters are then read from the few posts that are left; only a clause without any
  word, such as author:x/lumora, is asked of every post.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'mentions'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with hits as (

    select * from {{ ref('int_term_hits') }}
    {{ where_open('mentions') }}

),

posts as {{ inlined() }} (

    select * from {{ ref('int_posts_tokenised') }}
    {{ where_open('mentions') }}

),

literals as {{ materialised() }} (

    select * from {{ ref('stg_listening__query_literals') }}

),

clauses as {{ materialised() }} (

    select
        entity_id,
        query_version,
        clause_id,
        count(distinct case when group_number > 0 and leaf_kind <> 'filter' then group_number end) as word_groups,
        count(distinct case when group_number > 0 and leaf_kind = 'filter' then group_number end) as filter_groups,
        count(case when leaf_kind = 'filter' then 1 end) as filter_count
    from literals
    group by entity_id, query_version, clause_id

),

leaf_counts as (

    select term_id, count(*) as post_count
    from hits
    group by term_id

),

group_counts as (

    select literals.clause_id, literals.group_number, sum(coalesce(leaf_counts.post_count, 0)) as post_count
    from literals
    left join leaf_counts on literals.leaf_id = leaf_counts.term_id
    where literals.group_number > 0 and literals.leaf_kind <> 'filter'
    group by literals.clause_id, literals.group_number

),

numbered_groups as (

    select
        clause_id,
        group_number,
        row_number() over (partition by clause_id order by post_count, group_number) as rarity
    from group_counts

),

anchors as (

    select literals.clause_id, literals.leaf_id
    from numbered_groups
    inner join literals
        on numbered_groups.clause_id = literals.clause_id and numbered_groups.group_number = literals.group_number
    where numbered_groups.rarity = 1

),

candidates as (

    select distinct hits.post_date, hits.post_key, anchors.clause_id
    from hits
    inner join anchors on hits.term_id = anchors.leaf_id

),

worded as (

    select candidates.post_date, candidates.post_key, candidates.clause_id
    from candidates
    inner join clauses on candidates.clause_id = clauses.clause_id
    where clauses.word_groups = 1

    union all

    select candidates.post_date, candidates.post_key, candidates.clause_id
    from candidates
    inner join clauses on candidates.clause_id = clauses.clause_id
    inner join hits on candidates.post_key = hits.post_key
    inner join literals on candidates.clause_id = literals.clause_id and hits.term_id = literals.leaf_id
    where clauses.word_groups > 1 and literals.group_number > 0
    group by candidates.post_date, candidates.post_key, candidates.clause_id
    having count(distinct literals.group_number) = max(clauses.word_groups)

    union all

    select posts.post_date, posts.post_key, clauses.clause_id
    from posts
    cross join clauses
    where clauses.word_groups = 0

),

unfiltered as {{ materialised() }} (

    select worded.post_date, worded.post_key, worded.clause_id
    from worded
    left join (
        -- Words that must not be there.
        select distinct worded.post_key, worded.clause_id
        from worded
        inner join hits on worded.post_key = hits.post_key
        inner join literals on worded.clause_id = literals.clause_id and hits.term_id = literals.leaf_id
        where literals.group_number = 0
    ) as unwanted
        on worded.post_key = unwanted.post_key and worded.clause_id = unwanted.clause_id
    where unwanted.post_key is null

),

to_filter as (

    select unfiltered.post_date, unfiltered.post_key, unfiltered.clause_id
    from unfiltered
    inner join clauses on unfiltered.clause_id = clauses.clause_id
    where clauses.filter_count > 0

),

properties as (

    select
        posts.post_key,
        posts.platform,
        posts.language,
        posts.country,
        posts.author_key,
        posts.author_followers,
        posts.post_type,
        {{ site_of('posts.url') }} as site,
        owned_accounts.entity_id as owner_id
    from posts
    left join {{ ref('stg_listening__owned_accounts') }} as owned_accounts
        on posts.author_key = owned_accounts.author_key and posts.platform = owned_accounts.platform

),

filter_results as (

    select
        to_filter.post_date,
        to_filter.post_key,
        to_filter.clause_id,
        literals.group_number,
        max(case when {{ filter_holds('filters', 'properties') }} then 1 else 0 end) as holds
    from to_filter
    inner join literals on to_filter.clause_id = literals.clause_id
    inner join {{ ref('stg_listening__query_filters') }} as filters on literals.leaf_id = filters.filter_id
    inner join properties on to_filter.post_key = properties.post_key
    where literals.leaf_kind = 'filter'
    group by to_filter.post_date, to_filter.post_key, to_filter.clause_id, literals.group_number

),

filtered as (

    select filter_results.post_date, filter_results.post_key, filter_results.clause_id
    from filter_results
    inner join clauses on filter_results.clause_id = clauses.clause_id
    group by filter_results.post_date, filter_results.post_key, filter_results.clause_id
    having
        sum(case when filter_results.group_number > 0 then filter_results.holds else 0 end) = max(clauses.filter_groups)
        and max(case when filter_results.group_number = 0 then filter_results.holds else 0 end) = 0

),

query_matches as {{ materialised() }} (

    select distinct matched.post_date, matched.post_key, clauses.entity_id, clauses.query_version
    from (
        select unfiltered.post_date, unfiltered.post_key, unfiltered.clause_id
        from unfiltered
        inner join clauses as unfiltered_clauses on unfiltered.clause_id = unfiltered_clauses.clause_id
        where unfiltered_clauses.filter_count = 0

        union all

        select post_date, post_key, clause_id from filtered
    ) as matched
    inner join clauses on matched.clause_id = clauses.clause_id

),

-- Who is called like others has a model that judges each match; what stands for its language is the entity.
judged as {{ materialised() }} (

    select query_matches.post_key, query_matches.entity_id, posts.tokens
    from query_matches
    inner join posts on query_matches.post_key = posts.post_key
    where query_matches.entity_id in (select weights.language from {{ ref('stg_listening__relevance_weights') }} as weights)

),

relevance as {{ materialised() }} (

    {{ linear_scores('judged', ['post_key', 'entity_id'], 'tokens', ref('stg_listening__relevance_weights'), language_column='entity_id') | indent(4) }}

),

matches as {{ materialised() }} (

    select
        query_matches.*,
        case
            when relevance.logit_nano >= {{ relevance_margin_nano() }} then 'relevant'
            when relevance.logit_nano is not null then 'unsure'
        end as relevance
    from query_matches
    left join relevance
        on query_matches.post_key = relevance.post_key and query_matches.entity_id = relevance.entity_id
    where coalesce(relevance.logit_nano, 0) > -{{ relevance_margin_nano() }}

),

-- What a query looks for, as it is told: terms as the tokeniser cut them, NEAR as written; links tell nothing.
term_texts as (

    select term_id, string_agg(case when is_exact then exact_token else pattern end, ' ' order by token_offset) as term_text
    from {{ ref('int_query_terms') }}
    group by term_id

),

wanted_leaves as {{ materialised() }} (

    select distinct literals.entity_id, literals.leaf_id, coalesce(term_texts.term_text, literals.leaf_text) as term_text
    from literals
    left join term_texts on literals.leaf_id = term_texts.term_id
    where literals.group_number > 0 and literals.leaf_kind <> 'filter' and literals.leaf_text <> '<url>'

),

found as (

    select
        matches.post_key,
        matches.entity_id,
        min(wanted_leaves.term_text) as first_term,
        max(wanted_leaves.term_text) as last_term,
        cast(sum(hits.hit_count) as bigint) as hit_count
    from matches
    inner join hits on matches.post_key = hits.post_key
    inner join wanted_leaves on matches.entity_id = wanted_leaves.entity_id and hits.term_id = wanted_leaves.leaf_id
    group by matches.post_key, matches.entity_id

),

-- Hardly any post matches two terms of one entity: only there are texts sorted and joined.
several_terms as (

    select
        found.post_key,
        found.entity_id,
        string_agg(distinct wanted_leaves.term_text, ' | ' order by wanted_leaves.term_text) as matched_terms
    from found
    inner join hits on found.post_key = hits.post_key
    inner join wanted_leaves on found.entity_id = wanted_leaves.entity_id and hits.term_id = wanted_leaves.leaf_id
    where found.first_term <> found.last_term
    group by found.post_key, found.entity_id

)

select
    matches.post_date,
    matches.post_key,
    matches.entity_id,
    matches.query_version,
    matches.relevance,
    coalesce(several_terms.matched_terms, found.first_term) as matched_terms,
    coalesce(found.hit_count, 0) as hit_count
from matches
left join found on matches.post_key = found.post_key and matches.entity_id = found.entity_id
left join several_terms on matches.post_key = several_terms.post_key and matches.entity_id = several_terms.entity_id
