{#
  Alerts out of single signals. Signals of one entity and kind that lie no more than `cooldown` seconds apart
  are one episode; an episode becomes an alert with its first signal that `opens` (a stronger one, so that a
  score at the edge does not open and close all day). The alert begins there, never earlier: what came before
  was seen only afterwards.

  signals: relation with alert_kind, entity_id, signal_at, strength (more is worse) and opens (boolean).
  Returns alert_kind, entity_id, episode, opened_at, last_signal_at, peak_at, peak_strength, signals; one row an alert.
#}
{% macro alert_episodes(signals, cooldown) -%}
    select
        alert_kind,
        entity_id,
        episode,
        min(case when opens then signal_at end) as opened_at,
        max(signal_at) as last_signal_at,
        {{ value_at_max('signal_at', "strength - 1e-9 * episode_row") }} as peak_at,
        max(strength) as peak_strength,
        cast(count(*) as bigint) as signals
    from ({{ numbered_episodes(signals, cooldown) }}) as numbered
    group by alert_kind, entity_id, episode
    having max(case when opens then 1 else 0 end) = 1
{%- endmacro %}

{# Signals with the number of their episode, counted by entity and kind, and their place in it. #}
{% macro numbered_episodes(signals, cooldown) -%}
    select *, row_number() over (partition by alert_kind, entity_id, episode order by signal_at) as episode_row
    from (
        select *, sum(begins) over (partition by alert_kind, entity_id order by signal_at rows unbounded preceding) as episode
        from (
            select
                *,
                case
                    when {{ seconds_between(
                        'lag(signal_at) over (partition by alert_kind, entity_id order by signal_at)', 'signal_at'
                    ) }} <= {{ cooldown }} then 0 else 1
                end as begins
            from {{ signals }}
        ) as spaced
    ) as counted
{%- endmacro %}

{# An alert is closed when its cooldown has passed without a signal; until then somebody may acknowledge it. #}
{% macro alert_state(last_signal_at, now_at, acknowledged_at, cooldown) -%}
    case
        when {{ seconds_between(last_signal_at, now_at) }} > {{ cooldown }} then 'closed'
        when {{ acknowledged_at }} is not null then 'acknowledged'
        else 'open'
    end
{%- endmacro %}

{# The name of an alert: the same alert has it in every run. #}
{% macro alert_id(alert_kind, entity_id, opened_at) -%}
    {{ alert_kind }} || ':' || {{ entity_id }} || ':' || {{ utc_text(opened_at) }}
{%- endmacro %}
{% macro utc_text(instant) -%}{{ return(adapter.dispatch('utc_text', 'listenhouse')(instant)) }}{%- endmacro %}
{% macro duckdb__utc_text(instant) -%}strftime(timezone('UTC', {{ instant }}), '%Y-%m-%dT%HZ'){%- endmacro %}
