{#
  The one tokeniser of the project. Matching, scoring, near-duplicates and model training all read
  its output; `ml/` renders this very file, so there is no second tokeniser to drift away.

  tokens(column) -> list of text, in reading order:
  - folded: lower case, accents removed, typographic apostrophes made plain
  - a URL becomes the one token '<url>'
  - '#tag', '@handle' and '$cash' keep their sign
  - a word is letters, marks, digits, underscores, with inner apostrophes; a possessive is its owner
    and 's ("lumora's" -> lumora, s), so that a brand is found with and without it
  - an emoji is a token of its own (skin tones are dropped), so is an emoticon such as :) ;-( =d

  Scripts whose vowels are combining marks (Devanagari to Khmer) are not folded: without its marks a
  Hindi word is another word. Chinese, Japanese and Thai are written without spaces: a run of letters
  stays one token.
#}
{% macro tokens(column) -%}
    {{ return(adapter.dispatch('tokens', 'listenhouse')(column)) }}
{%- endmacro %}

{% macro duckdb__tokens(column) -%}
regexp_extract_all(
    regexp_replace(
        replace(
            lower(
                case
                    when regexp_matches({{ column }}, '[\x{0900}-\x{109F}\x{1780}-\x{17FF}]') then {{ column }}
                    else strip_accents(coalesce({{ column }}, ''))
                end
            ),
            '’', ''''
        ),
        '{{ link_pattern() }}', ' <url> ', 'g'
    ),
    '{{ token_pattern() }}'
)
{%- endmacro %}

{#
  The same tokens as they were written, with case and accents (composed, so that one letter is one letter):
  item n of one list is item n of the other. For the few terms that ask for an exact spelling.
#}
{% macro exact_tokens(column) -%}
    {{ return(adapter.dispatch('exact_tokens', 'listenhouse')(column)) }}
{%- endmacro %}

{% macro duckdb__exact_tokens(column) -%}
regexp_extract_all(
    regexp_replace(
        replace(nfc_normalize(coalesce({{ column }}, '')), '’', ''''),
        '(?i){{ link_pattern() }}', ' <url> ', 'g'
    ),
    '(?i){{ token_pattern() }}'
)
{%- endmacro %}

{% macro link_pattern() -%}
(?:https?://|\bwww\.[\p{L}\p{N}])\S*
{%- endmacro %}

{% macro token_pattern() -%}
<url>|[#@$]?[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:''(?:[\p{L}\p{M}]{2,}|[a-rt-z]))*|[\x{1F300}-\x{1F3FA}\x{1F400}-\x{1FAFF}\x{2600}-\x{27BF}\x{2B50}]|[:;=]-?(?:[()]|[dp]\b)
{%- endmacro %}
