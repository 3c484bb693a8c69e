{# The sources that `ingestion/network` reads (NETWORKS in ingestion/registry.py): all land posts under one contract. #}
{% macro network_sources() -%}
    {{ return(['bluesky', 'jetstream', 'mastodon', 'reddit', 'stackexchange', 'youtube']) }}
{%- endmacro %}
