{#
  Scripts that are written without spaces: Thai and Lao, Burmese, Khmer, Japanese, Chinese. A run of letters of
  theirs is one token, so inside such a token a term is looked for as a substring (see term_tokens.sql).
#}
{% macro unspaced_letters() -%}
\x{0E00}-\x{0EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{3005}-\x{3007}\x{3040}-\x{30FF}\x{31F0}-\x{31FF}\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{F900}-\x{FAFF}\x{20000}-\x{3FFFF}
{%- endmacro %}

{% macro has_unspaced_letters(text) -%}{{ return(adapter.dispatch('has_unspaced_letters', 'listenhouse')(text)) }}{%- endmacro %}
{% macro duckdb__has_unspaced_letters(text) -%}
    regexp_matches({{ text }}, '[{{ unspaced_letters() }}]')
{%- endmacro %}

{# The words of other scripts that stand inside a run without spaces: 'buyLumoranow' in Chinese letters gives Lumora. #}
{% macro spaced_pieces(text) -%}{{ return(adapter.dispatch('spaced_pieces', 'listenhouse')(text)) }}{%- endmacro %}
{% macro duckdb__spaced_pieces(text) -%}
    regexp_extract_all({{ text }}, '[^{{ unspaced_letters() }}]+')
{%- endmacro %}
