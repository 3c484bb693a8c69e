{#
  The sources that `ingestion/network` reads (NETWORKS in ingestion/registry.py) and that land a resource. A source
  stands in the line of each of its CONTRACTS.
#}
{% macro network_sources(resource=none) -%}
    {% set landing = {
        'account_metrics': ['facebook', 'instagram', 'linkedin', 'youtube_analytics'],
        'ad_costs': [],
        'case_messages': ['zendesk'],
        'crm_accounts': ['hubspot', 'salesforce'],
        'crm_contacts': ['hubspot', 'salesforce'],
        'crm_opportunities': ['hubspot', 'salesforce'],
        'nps_responses': ['delighted'],
        'post_insights': ['facebook', 'instagram', 'linkedin', 'youtube_analytics'],
        'posts': [
            'appstore', 'bluesky', 'facebook', 'gdelt', 'instagram', 'jetstream', 'linkedin', 'mastodon', 'reddit',
            'stackexchange', 'x', 'youtube', 'youtube_analytics'
        ],
        'support_cases': ['zendesk'],
        'survey_invitations': [],
        'web_sessions': [],
    } %}
    {{ return(landing[resource] if resource else landing.values() | sum(start=[]) | unique | sort) }}
{%- endmacro %}

{#
  One view of a resource for all networks: a view each would cost every run its time, also where they are switched
  off. `stage` is the macro that stages the resource; where no network lands it, the view has its columns and no row.
#}
{% macro stage_networks(resource, stage) -%}
    {% set names = network_sources(resource) %}
    {% for name in names %}
select * from (
{{ stage('raw_' ~ name) }}
) as {{ name }}
{% if not loop.last %}union all{% endif %}
    {% else %}
select * from (
{{ stage('raw_files') }}
) as no_network
where false
    {% endfor %}
{%- endmacro %}
