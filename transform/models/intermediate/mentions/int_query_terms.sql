{#
  The terms of all queries cut by the tokeniser of the posts, one row a token, so that a term can only match whole
  tokens. A pattern is a token, or its beginning and a star.
#}

with parts as (

    select
        term_id,
        part_number,
        is_prefix,
        is_exact,
        {{ tokens('part_text') }} as part_tokens,
        {{ exact_tokens('part_text') }} as exact_tokens
    from {{ ref('stg_listening__query_terms') }}

),

placed as (

    select
        parts.*,
        {{ list_length('part_tokens') }} as part_length,
        cast(sum({{ list_length('part_tokens') }}) over (
            partition by term_id order by part_number
            rows between unbounded preceding and current row
        ) as bigint) as last_offset,
        cast(sum({{ list_length('part_tokens') }}) over (partition by term_id) as bigint) as token_count
    from parts

),

words as (

    select
        term_id,
        token_count,
        is_prefix,
        is_exact,
        part_length,
        last_offset,
        exact_tokens,
        unnest(part_tokens) as token,
        generate_subscripts(part_tokens, 1) as part_position
    from placed

)

select
    term_id,
    last_offset - part_length + part_position as token_offset,
    token_count,
    token as pattern_base,
    is_prefix and part_position = part_length as is_prefix,
    token || case when is_prefix and part_position = part_length then '*' else '' end as pattern,
    is_exact,
    case when is_exact then coalesce({{ list_item('exact_tokens', 'part_position') }}, '') end as exact_token
from words
