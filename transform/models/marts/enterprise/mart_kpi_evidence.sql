{#
  From a KPI of the scorecard's current period back to the posts that made it: one row per KPI and mention,
  whose weights sum to the KPI. What does not count is listed too, with the reason and the weight 0.

  The corrected shares are linear in the counts once it is known which classes are clipped to zero: a mention
  of label j and a stratum weighs (1 / n) sum over classes i that are not clipped of s_i inv_ij / T, inv being the
  stratum's, T the sum of the clipped shares and s_i what class i counts for: +1 and -1 for net sentiment, 1 for the
  negative share.
#}

{%- set labels = [('neg', 'negative'), ('neu', 'neutral'), ('pos', 'positive')] %}

with kpis as (

    select scope_id, kpi, period_start_date, period_end_date
    from {{ ref('mart_exec_scorecard') }}
    where scope_id <> 'company'

),

scopes as (

    select distinct scope_id, period_start_date, period_end_date from kpis

),

mentions as (

    select scopes.scope_id, mentions.*, {{ error_stratum('mentions.language', 'mentions.sentiment_scope') }} as stratum
    from {{ ref('fct_mention_sentiment') }} as mentions
    inner join scopes
        on mentions.entity_id = scopes.scope_id
        and mentions.mention_date between scopes.period_start_date and scopes.period_end_date

),

counts as (

    select
        scope_id,
        stratum,
        max(model_version) as model_version,
        {% for _, label in labels -%}
        cast(count(case when sentiment_label = '{{ label }}' then 1 end) as double) as {{ label }}{{ ',' if not loop.last }}
        {% endfor %}
    from mentions
    where is_counted
    group by scope_id, stratum

),

known_counts as (

    {{ known_strata('counts') | indent(4) }}
    where negative + neutral + positive > 0

),

strata as (

    select
        counts.scope_id,
        counts.stratum,
        {% for truth, _ in labels %}{% for predicted, _ in labels -%}
        error.inv_{{ truth }}_{{ predicted }},
        {% endfor %}{% endfor -%}
        {% for truth, label in labels -%}
        sum(cast(round((
            error.inv_{{ truth }}_neg * counts.negative + error.inv_{{ truth }}_neu * counts.neutral + error.inv_{{ truth }}_pos * counts.positive
        ) * 1e9) as bigint)) over (partition by counts.scope_id) / 1e9 as posts_{{ truth }}{{ ',' if not loop.last }}
        {% endfor %}
    from known_counts as counts
    inner join {{ ref('int_sentiment_error') }} as error
        on counts.model_version = error.model_version and counts.known_stratum = error.stratum and error.replicate = 0

),

totals as (

    select
        *,
        {% for truth, _ in labels -%}
        case when posts_{{ truth }} > 0 then posts_{{ truth }} else 0 end{{ ' + ' if not loop.last }}
        {% endfor %} as clipped_total
    from strata

),

label_weights as (

    {% for predicted, label in labels -%}
    select
        scope_id,
        stratum,
        '{{ label }}' as sentiment_label,
        (
            case when posts_pos > 0 then inv_pos_{{ predicted }} else 0 end
            - case when posts_neg > 0 then inv_neg_{{ predicted }} else 0 end
        ) / clipped_total as net_weight,
        case when posts_neg > 0 then inv_neg_{{ predicted }} else 0 end / clipped_total as negative_weight
    from totals
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

panels as (

    select
        'share_of_voice_' || members.panel_id as kpi,
        members.panel_id,
        {% for kind in ['language', 'platform', 'country'] -%}
        max(case when filters.kind = '{{ kind }}' then 1 else 0 end) = 1 as filters_{{ kind }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_panel_members') }} as members
    left join {{ ref('int_panel_filters') }} as filters on members.panel_id = filters.panel_id
    group by members.panel_id

),

panel_totals as (

    select
        kpis.scope_id,
        kpis.kpi,
        sum(shares.panel_mentions) as panel_mentions
    from kpis
    inner join {{ ref('mart_share_of_voice_daily') }} as shares
        on kpis.scope_id = shares.entity_id
        and kpis.kpi = 'share_of_voice_' || shares.panel_id
        and shares.mention_date between kpis.period_start_date and kpis.period_end_date
    group by kpis.scope_id, kpis.kpi

),

reasoned as (

    select
        kpis.scope_id,
        kpis.kpi,
        mentions.mention_key,
        mentions.post_key,
        mentions.mention_date,
        case
            when not mentions.is_counted then mentions.exclusion_reason
            when kpis.kpi in ('net_sentiment', 'negative_share') and mentions.sentiment_label = 'unscored' then 'unscored'
            when kpis.kpi = 'engagement' and mentions.engagement_total is null then 'engagement not provided'
            {% for kind in ['language', 'platform', 'country'] -%}
            when panels.filters_{{ kind }} and {{ kind }}_filters.value is null then 'outside the panel'
            {% endfor %}
        end as exclusion_reason,
        case
            when kpis.kpi = 'mentions' then 1
            when kpis.kpi = 'engagement' then mentions.engagement_total
            when kpis.kpi = 'net_sentiment' then label_weights.net_weight
            when kpis.kpi = 'negative_share' then label_weights.negative_weight
            else {{ ratio('1', 'panel_totals.panel_mentions') }}
        end as weight
    from kpis
    inner join mentions on kpis.scope_id = mentions.scope_id
    left join label_weights
        on mentions.scope_id = label_weights.scope_id
        and mentions.sentiment_label = label_weights.sentiment_label
        and mentions.stratum is not distinct from label_weights.stratum
    left join panels on kpis.kpi = panels.kpi
    {% for kind in ['language', 'platform', 'country'] -%}
    left join {{ ref('int_panel_filters') }} as {{ kind }}_filters
        on panels.panel_id = {{ kind }}_filters.panel_id
        and {{ kind }}_filters.kind = '{{ kind }}'
        and mentions.{{ kind }} = {{ kind }}_filters.value
    {% endfor -%}
    left join panel_totals on kpis.kpi = panel_totals.kpi and kpis.scope_id = panel_totals.scope_id

)

select
    reasoned.scope_id,
    reasoned.kpi,
    reasoned.mention_key,
    reasoned.post_key,
    reasoned.mention_date,
    reasoned.exclusion_reason is null as is_included,
    reasoned.exclusion_reason,
    case when reasoned.exclusion_reason is null then cast(reasoned.weight as double) else 0 end as weight,
    case when reasoned.exclusion_reason is null then terms.top_terms end as top_terms,
    'kpi_evidence.v2' as metric_version
from reasoned
left join {{ ref('int_evidence_terms') }} as terms
    on reasoned.post_key = terms.post_key
    and reasoned.kpi in ('net_sentiment', 'negative_share')
