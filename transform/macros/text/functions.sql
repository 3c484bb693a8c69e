{# Engine-specific list and hash functions, one macro each. #}

{% macro list_length(list) -%}{{ return(adapter.dispatch('list_length', 'listenhouse')(list)) }}{%- endmacro %}
{% macro duckdb__list_length(list) -%}coalesce(len({{ list }}), 0){%- endmacro %}

{% macro list_to_text(list) -%}{{ return(adapter.dispatch('list_to_text', 'listenhouse')(list)) }}{%- endmacro %}
{% macro duckdb__list_to_text(list) -%}array_to_string({{ list }}, ' '){%- endmacro %}

{# The `length` items of a list from position `start` (counted from 1), joined by blanks. #}
{% macro list_slice_text(list, start, length) -%}{{ return(adapter.dispatch('list_slice_text', 'listenhouse')(list, start, length)) }}{%- endmacro %}
{% macro duckdb__list_slice_text(list, start, length) -%}
    array_to_string(array_slice({{ list }}, {{ start }}, {{ start }} + {{ length }} - 1), ' ')
{%- endmacro %}

{# The item at a position counted from 1. #}
{% macro list_item(list, position) -%}{{ return(adapter.dispatch('list_item', 'listenhouse')(list, position)) }}{%- endmacro %}
{% macro duckdb__list_item(list, position) -%}list_extract({{ list }}, {{ position }}){%- endmacro %}

{# A list without its first item. #}
{% macro list_tail(list) -%}{{ return(adapter.dispatch('list_tail', 'listenhouse')(list)) }}{%- endmacro %}
{% macro duckdb__list_tail(list) -%}{{ list }}[2:]{%- endmacro %}

{# Distinct words of a token list: no URLs, no handles. What near-duplicates are compared on. #}
{% macro content_words(tokens) -%}{{ return(adapter.dispatch('content_words', 'listenhouse')(tokens)) }}{%- endmacro %}
{% macro duckdb__content_words(tokens) -%}
    list_distinct(list_filter({{ tokens }}, lambda t: t <> '<url>' and t[1] <> '@'))
{%- endmacro %}

{# How many items two lists of distinct items share. #}
{% macro list_overlap(a, b) -%}{{ return(adapter.dispatch('list_overlap', 'listenhouse')(a, b)) }}{%- endmacro %}
{% macro duckdb__list_overlap(a, b) -%}
    len(list_filter({{ a }}, lambda t: list_contains({{ b }}, t))) {# list_intersect is a thousand times slower here #}
{%- endmacro %}

{# One number below 2^31 - 1 per item; the same on every engine because it comes from MD5. #}
{% macro list_hashes(list) -%}{{ return(adapter.dispatch('list_hashes', 'listenhouse')(list)) }}{%- endmacro %}
{% macro duckdb__list_hashes(list) -%}
    list_transform({{ list }}, lambda t: cast(md5_number_lower(t) % 2147483647 as bigint))
{%- endmacro %}

{# MinHash under the permutation h -> (a h + b) mod (2^31 - 1). #}
{% macro min_hash(hashes, a, b) -%}{{ return(adapter.dispatch('min_hash', 'listenhouse')(hashes, a, b)) }}{%- endmacro %}
{% macro duckdb__min_hash(hashes, a, b) -%}
    list_min(list_transform({{ hashes }}, lambda h: (h * {{ a }} + {{ b }}) % 2147483647))
{%- endmacro %}

{# The value that goes with the smallest or largest sort key of a group. #}
{% macro value_at_min(value, sort_key) -%}{{ return(adapter.dispatch('value_at_min', 'listenhouse')(value, sort_key)) }}{%- endmacro %}
{% macro duckdb__value_at_min(value, sort_key) -%}arg_min({{ value }}, {{ sort_key }}){%- endmacro %}
{% macro value_at_max(value, sort_key) -%}{{ return(adapter.dispatch('value_at_max', 'listenhouse')(value, sort_key)) }}{%- endmacro %}
{% macro duckdb__value_at_max(value, sort_key) -%}arg_max({{ value }}, {{ sort_key }}){%- endmacro %}

{# The parts of a text between separators, as a list. #}
{% macro text_list(text, separator) -%}{{ return(adapter.dispatch('text_list', 'listenhouse')(text, separator)) }}{%- endmacro %}
{% macro duckdb__text_list(text, separator) -%}string_split({{ text }}, '{{ separator }}'){%- endmacro %}

{# A list without repeats. #}
{% macro distinct_items(list) -%}{{ return(adapter.dispatch('distinct_items', 'listenhouse')(list)) }}{%- endmacro %}
{% macro duckdb__distinct_items(list) -%}list_distinct({{ list }}){%- endmacro %}

{# The number below 2^31 - 1 that `list_hashes` gives a text. #}
{% macro text_hash(text) -%}{{ return(adapter.dispatch('text_hash', 'listenhouse')(text)) }}{%- endmacro %}
{% macro duckdb__text_hash(text) -%}cast(md5_number_lower({{ text }}) % 2147483647 as bigint){%- endmacro %}

{# The smallest values of a group, as a list; repeats count as often as they stand there. #}
{% macro smallest_items(value, number) -%}{{ return(adapter.dispatch('smallest_items', 'listenhouse')(value, number)) }}{%- endmacro %}
{% macro duckdb__smallest_items(value, number) -%}min({{ value }}, {{ number }}){%- endmacro %}

{# A web address as it compares with others of the same page: without what is spelt in two ways. #}
{% macro spelt_alike(url) -%}
    rtrim(replace(replace(trim({{ url }}), 'http://', 'https://'), 'https://www.', 'https://'), '/')
{%- endmacro %}
