{#
  Where the terms of all queries stand: CTEs to be put behind `posts` (post_date, post_key, title, text, tokens).
  The last one, `places`, has one row per post, term and position where the term begins.

  Cost follows the posts and the hits, not the number of queries. Distinct tokens first: the vocabulary of the
  posts meets the patterns of the terms once, which gives a dictionary (token, pattern) for words, wildcards and
  scripts without spaces alike. From there on everything is an equi-join: the tokens of the posts with the first
  pattern of a term, the token after them with its second; what is left of long phrases is looked up in place.
#}
{% macro term_places() -%}

tokens as {{ inlined() }} (

    select
        post_date,
        post_key,
        unnest(tokens) as token,
        unnest({{ list_tail('tokens') }}) as next_token,
        generate_subscripts(tokens, 1) as position
    from posts

),

query_terms as {{ materialised() }} (

    select * from {{ ref('int_query_terms') }}

),

patterns as {{ materialised() }} (

    select distinct
        pattern,
        pattern_base,
        is_prefix,
        {{ has_unspaced_letters('pattern_base') }} as is_unspaced
    from query_terms

),

vocabulary as {{ materialised() }} (

    select distinct token from tokens

),

runs as {{ materialised() }} (

    select token from vocabulary
    where {{ starts_unsigned('token') }} and {{ has_unspaced_letters('token') }}

),

-- What a token can be found by: itself, and the words of other scripts inside a run without spaces.
forms as {{ materialised() }} (

    select token, token as form from vocabulary

    union all

    select token, unnest({{ spaced_pieces('token') }}) as form from runs

),

prefix_lengths as (

    select distinct length(pattern_base) as pattern_length from patterns
    where is_prefix

),

prefixes as (

    select forms.token, left(forms.form, prefix_lengths.pattern_length) as prefix
    from forms
    inner join prefix_lengths on length(forms.form) >= prefix_lengths.pattern_length

),

unspaced_lengths as (

    select distinct length(pattern_base) as pattern_length from patterns
    where is_unspaced

),

substring_starts as (

    select
        runs.token,
        unspaced_lengths.pattern_length,
        unnest(generate_series(1, length(runs.token) - unspaced_lengths.pattern_length + 1)) as start
    from runs
    inner join unspaced_lengths on length(runs.token) >= unspaced_lengths.pattern_length

),

possible_entries as (

    select forms.token, patterns.pattern
    from forms
    inner join patterns on forms.form = patterns.pattern_base

    union

    select prefixes.token, patterns.pattern
    from prefixes
    inner join patterns on prefixes.prefix = patterns.pattern_base
    where patterns.is_prefix

    union

    select substring_starts.token, patterns.pattern
    from substring_starts
    inner join patterns
        on substr(substring_starts.token, substring_starts.start, substring_starts.pattern_length) = patterns.pattern_base
    where patterns.is_unspaced

),

dictionary as {{ materialised() }} (

    {{ counted_rows('possible_entries', ['token', 'pattern']) }}

),

possible_openings as (

    select
        dictionary.token,
        firsts.term_id,
        firsts.token_count,
        firsts.is_exact,
        seconds.pattern as second_pattern
    from query_terms as firsts
    inner join dictionary on firsts.pattern = dictionary.pattern
    left join query_terms as seconds on firsts.term_id = seconds.term_id and seconds.token_offset = 2
    where firsts.token_offset = 1

),

openings as {{ materialised() }} (

    {{ counted_rows('possible_openings', ['token', 'term_id', 'token_count', 'is_exact', 'second_pattern']) }}

),

starts as {{ materialised() }} (

    select
        tokens.post_date,
        tokens.post_key,
        tokens.position,
        openings.term_id,
        openings.token_count,
        openings.is_exact,
        openings.is_exact or openings.token_count > 2 as is_unsure
    from tokens
    inner join openings on tokens.token = openings.token
    left join dictionary as next_words
        on tokens.next_token = next_words.token and openings.second_pattern = next_words.pattern
    where openings.second_pattern is null or next_words.token is not null

),

-- The third word and those after it, and the spelling of exact terms.
unsure_posts as {{ materialised() }} (

    select
        posts.post_key,
        posts.tokens,
        case when posts.post_key in (select starts.post_key from starts where starts.is_exact)
            then {{ exact_tokens("concat_ws(' ', posts.title, posts.text)") }}
        end as exact_tokens
    from posts
    where posts.post_key in (select starts.post_key from starts where starts.is_unsure)

),

words_to_check as (

    select
        term_id,
        token_offset,
        pattern,
        exact_token,
        is_exact,
        count(*) over (partition by term_id) as word_count
    from query_terms
    where token_offset > 2 or is_exact

),

checked as (

    select starts.post_key, starts.term_id, starts.position
    from starts
    inner join unsure_posts on starts.post_key = unsure_posts.post_key
    inner join words_to_check on starts.term_id = words_to_check.term_id
    inner join dictionary
        on words_to_check.pattern = dictionary.pattern
        and {{ list_item('unsure_posts.tokens', 'starts.position + words_to_check.token_offset - 1') }} = dictionary.token
    where
        starts.is_unsure
        and (
            not words_to_check.is_exact
            or {{ list_item('unsure_posts.exact_tokens', 'starts.position + words_to_check.token_offset - 1') }} = words_to_check.exact_token
        )
    group by starts.post_key, starts.term_id, starts.position
    having count(*) = max(words_to_check.word_count)

),

places as {{ materialised() }} (

    select post_date, post_key, term_id, position, position + token_count - 1 as last_position
    from starts
    where not is_unsure

    union all

    select starts.post_date, starts.post_key, starts.term_id, starts.position, starts.position + starts.token_count - 1 as last_position
    from starts
    inner join checked
        on starts.post_key = checked.post_key
        and starts.term_id = checked.term_id
        and starts.position = checked.position
    where starts.is_unsure

)
{%- endmacro %}

{# No #tag, @handle or $cash tag: these are found whole. #}
{% macro starts_unsigned(text) -%}
    left({{ text }}, 1) not in ('#', '@', '$')
{%- endmacro %}

{#
  A few rows that come out of joins whose size an engine guesses far too large: counted first, so that a join with
  the tokens of all posts keeps these rows in memory and not the tokens. Elsewhere simply the rows.
#}
{% macro counted_rows(relation, columns) -%}{{ return(adapter.dispatch('counted_rows', 'listenhouse')(relation, columns)) }}{%- endmacro %}
{% macro default__counted_rows(relation, columns) -%}
    select {{ columns | join(', ') }} from {{ relation }}
{%- endmacro %}
{% macro duckdb__counted_rows(relation, columns) -%}
    select unnest(packed, recursive := true)
    from (select list({ {%- for column in columns %}'{{ column }}': {{ column }}{{ ', ' if not loop.last }}{% endfor -%} }) as packed from {{ relation }}) as packed_rows
{%- endmacro %}
