{# The sources that `ingestion/network` reads (NETWORKS in ingestion/registry.py): all land posts under one contract. #}
{% macro network_sources() -%}
    {{ return(['appstore', 'bluesky', 'gdelt', 'mastodon', 'reddit', 'stackexchange', 'x', 'youtube']) }}
{%- endmacro %}
