{# Query terms cut by the same tokeniser as the posts, so that a term can only match whole tokens. #}

with terms as (

    select
        term_id,
        entity_id,
        query_version,
        role,
        kind,
        term,
        {{ tokens('term') }} as term_tokens
    from {{ ref('stg_listening__query_terms') }}

)

select
    term_id,
    entity_id,
    query_version,
    role,
    kind,
    term,
    {{ list_item('term_tokens', 1) }} as first_token,
    {{ list_to_text('term_tokens') }} as term_text,
    {{ list_length('term_tokens') }} as token_count
from terms
