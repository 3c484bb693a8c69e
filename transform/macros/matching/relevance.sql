{#
  How sure a relevance model must be, in log-odds x 1e9: 1 is odds of 2.7 to 1. Between this for and against lies
  the band in which it abstains.
#}
{% macro relevance_margin_nano() -%}1000000000{%- endmacro %}
