{#
  Share of voice inside a comparison panel. Every member of a panel passes the same filters; a day on
  which no member was mentioned has no shares at all (NULL), not zero ones.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentions as (

    select * from {{ ref('fct_mention_sentiment') }}
    {{ where_open('scores', 'mention_date') }}

),

panels as (

    select
        members.panel_id,
        members.panel_version,
        members.entity_id,
        members.filter_hash,
        members.series_version,
        {% for kind in ['language', 'platform', 'country'] -%}
        exists (
            select 1 from {{ ref('int_panel_filters') }} as filters
            where filters.panel_id = members.panel_id and filters.kind = '{{ kind }}'
        ) as filters_{{ kind }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_panel_members') }} as members

),

days as (

    select distinct post_date as mention_date from {{ ref('int_posts_tokenised') }}
    {{ where_open('scores') }}

),

counted as (

    select
        panels.panel_id,
        panels.entity_id,
        mentions.mention_date,
        cast(count(case when mentions.is_counted then 1 end) as bigint) as mentions,
        cast(count(case when mentions.is_counted or mentions.exclusion_reason = 'reshare' then 1 end) as bigint) as mentions_incl_reshares,
        cast(count(distinct case when mentions.is_counted then mentions.author_key end) as bigint) as authors,
        cast(coalesce(sum(case when mentions.is_counted then mentions.engagement_total end), 0) as bigint) as engagement,
        cast(count(case when mentions.is_counted and mentions.sentiment_label = 'positive' then 1 end) as bigint) as positive,
        cast(count(case when mentions.is_counted and mentions.sentiment_label = 'negative' then 1 end) as bigint) as negative
    from mentions
    inner join panels on mentions.entity_id = panels.entity_id
    {% for kind in ['language', 'platform', 'country'] -%}
    left join {{ ref('int_panel_filters') }} as {{ kind }}_filters
        on panels.panel_id = {{ kind }}_filters.panel_id
        and {{ kind }}_filters.kind = '{{ kind }}'
        and mentions.{{ kind }} = {{ kind }}_filters.value
    {% endfor -%}
    where
        (not panels.filters_language or language_filters.value is not null)
        and (not panels.filters_platform or platform_filters.value is not null)
        and (not panels.filters_country or country_filters.value is not null)
    group by panels.panel_id, panels.entity_id, mentions.mention_date

),

panel_days as (

    select
        panels.panel_id,
        panels.panel_version,
        panels.filter_hash,
        panels.series_version,
        panels.entity_id,
        days.mention_date,
        {% for measure in ['mentions', 'mentions_incl_reshares', 'authors', 'engagement', 'positive', 'negative'] -%}
        coalesce(counted.{{ measure }}, 0) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from panels
    cross join days
    left join counted
        on panels.panel_id = counted.panel_id
        and panels.entity_id = counted.entity_id
        and days.mention_date = counted.mention_date

),

totals as (

    select
        panel_id,
        mention_date,
        {% for measure in ['mentions', 'mentions_incl_reshares', 'authors', 'engagement', 'positive', 'negative'] -%}
        cast(sum({{ measure }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from panel_days
    group by panel_id, mention_date

)

select
    panel_days.panel_id,
    panel_days.panel_version,
    panel_days.filter_hash,
    panel_days.series_version,
    panel_days.entity_id,
    panel_days.mention_date,
    'panel' as denominator_kind,
    panel_days.mentions,
    totals.mentions as panel_mentions,
    {{ ratio('panel_days.mentions', 'totals.mentions') }} as sov_mentions,
    {{ wilson('panel_days.mentions', 'totals.mentions', 'low') }} as sov_mentions_low,
    {{ wilson('panel_days.mentions', 'totals.mentions', 'high') }} as sov_mentions_high,
    {{ ratio('panel_days.mentions_incl_reshares', 'totals.mentions_incl_reshares') }} as sov_mentions_incl_reshares,
    {{ ratio('panel_days.engagement', 'totals.engagement') }} as sov_engagement,
    {{ ratio('panel_days.authors', 'totals.authors') }} as sov_authors,
    {{ ratio('panel_days.positive', 'totals.positive') }} as sov_positive,
    {{ ratio('panel_days.negative', 'totals.negative') }} as sov_negative,
    'share_of_voice.v1' as metric_version
from panel_days
inner join totals
    on panel_days.panel_id = totals.panel_id and panel_days.mention_date = totals.mention_date
