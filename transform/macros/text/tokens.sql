{#
  The one tokeniser of the project. Matching, scoring, near-duplicates and model training all read
  its output; `ml/` renders this very file, so there is no second tokeniser to drift away.

  tokens(column) -> list of text, in reading order:
  - folded: lower case, accents removed, typographic apostrophes made plain
  - a URL becomes the one token '<url>'
  - '#tag', '@handle' and '$cash' keep their sign
  - a word is letters, marks, digits, underscores, with inner apostrophes
  - an emoji is a token of its own
#}
{% macro tokens(column) -%}
    {{ return(adapter.dispatch('tokens', 'listenhouse')(column)) }}
{%- endmacro %}

{% macro duckdb__tokens(column) -%}
regexp_extract_all(
    regexp_replace(
        replace(lower(strip_accents(coalesce({{ column }}, ''))), '’', ''''),
        '(https?://|www\.)\S*', ' <url> ', 'g'
    ),
    '<url>|[#@$]?[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:''[\p{L}\p{M}]+)*|[\x{1F300}-\x{1FAFF}\x{2600}-\x{27BF}]'
)
{%- endmacro %}
