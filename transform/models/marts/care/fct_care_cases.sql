{#
  One row per case of customer service. First response: first message of the customer to the first answer of
  a person; handling: first answer to resolved; resolution: first message to resolved. Robots' receipts and
  internal notes are no answers. Where a source brings messages they tell the times; what they do not
  tell, the case does. What has not happened yet is NULL and waits until the source's last event
  (`*_waited`), so that nothing unanswered is dropped. A case whose beginning nobody saw has no times.
#}

with messages as (

    select * from {{ ref('int_case_messages') }}

),

starts as (

    select
        case_key,
        min(source_name) as source_name,
        min(brand) as brand,
        min(channel) as channel,
        min(case when is_inbound and message_kind = 'message' then sent_at end) as first_inbound_at,
        max(case when is_inbound and needs_reply then 1 else 0 end) = 1 as needs_reply,
        min(case when is_start_observed then 1 else 0 end) = 1 as is_start_observed,
        cast(count(case when is_inbound then 1 end) as bigint) as inbound_messages,
        cast(count(case when not is_inbound and message_kind = 'message' then 1 end) as bigint) as answers,
        min(sent_at) as first_message_at,
        max(sent_at) as last_message_at
    from messages
    group by case_key

),

talks as (

    select
        starts.case_key,
        min(case when messages.is_inbound and messages.sent_at = starts.first_inbound_at then messages.author_key end) as author_key,
        min(
            case
                when not messages.is_inbound and messages.message_kind = 'message' and messages.sent_at >= coalesce(starts.first_inbound_at, starts.first_message_at)
                    then messages.sent_at
            end
        ) as first_answer_at
    from starts
    inner join messages on starts.case_key = messages.case_key
    group by starts.case_key

),

joined as (

    select
        coalesce(cases.case_key, starts.case_key) as case_key,
        coalesce(cases.source_name, starts.source_name) as source_name,
        coalesce(starts.brand, 'company') as brand_id,
        coalesce(cases.channel, starts.channel, 'unknown') as channel,
        cases.topic,
        coalesce(cases.segment, 'unknown') as segment,
        coalesce(cases.person_key, talks.author_key, cases.case_key, starts.case_key) as customer_key,
        coalesce(starts.first_inbound_at, cases.opened_at, starts.first_message_at) as opened_at,
        coalesce(talks.first_answer_at, cases.first_response_at) as first_response_at,
        cases.resolved_at,
        cases.case_key is not null as is_resolution_told,
        coalesce(starts.is_start_observed, true) and coalesce(starts.first_inbound_at, cases.opened_at) is not null as is_start_observed,
        coalesce(starts.needs_reply, true) as needs_reply,
        coalesce(starts.inbound_messages, 0) as inbound_messages,
        coalesce(starts.answers, 0) as answers,
        coalesce(cases.reopenings, 0) as reopenings,
        cases.csat_score,
        starts.last_message_at
    from {{ ref('int_support_cases_enriched') }} as cases
    full outer join starts on cases.case_key = starts.case_key
    left join talks on starts.case_key = talks.case_key

),

through as (

    select
        source_name,
        max(greatest(opened_at, coalesce(first_response_at, opened_at), coalesce(resolved_at, opened_at), coalesce(last_message_at, opened_at))) as observed_through_at
    from joined
    group by source_name

),

dated as (

    select
        joined.*,
        through.observed_through_at,
        {{ reporting_date('joined.opened_at') }} as opened_date,
        {{ reporting_date('joined.first_response_at') }} as first_response_date,
        {{ reporting_date('joined.resolved_at') }} as resolved_date,
        {{ reporting_date('through.observed_through_at') }} as observed_through_date
    from joined
    inner join through on joined.source_name = through.source_name
    where joined.opened_at is not null

),

bounds as (

    select min(opened_date) as first_date, max(observed_through_date) as last_date from dated

),

calendar as (

    {{ business_calendar('bounds') }}

),

clocked as (

    select
        dated.*,
        {% for event in ['opened', 'first_response', 'resolved', 'observed_through'] -%}
        {{ business_reading('dated.' ~ event ~ '_at', event ~ '_days') }} as {{ event }}_business{{ ',' if not loop.last }}
        {% endfor %}
    from dated
    {% for event in ['opened', 'first_response', 'resolved', 'observed_through'] -%}
    left join calendar as {{ event }}_days on dated.{{ event }}_date = {{ event }}_days.calendar_date
    {% endfor %}
),

returns as (

    select clocked.case_key, count(later.case_key) as new_cases
    from clocked
    left join clocked as later
        on clocked.customer_key = later.customer_key
        and clocked.topic = later.topic
        and clocked.source_name = later.source_name
        and later.opened_at > clocked.resolved_at
        and {{ seconds_between('clocked.resolved_at', 'later.opened_at') }} <= 7 * 86400
    where clocked.resolved_at is not null and clocked.topic is not null
    group by clocked.case_key

)

select
    clocked.case_key,
    clocked.source_name,
    clocked.brand_id,
    clocked.channel,
    clocked.topic,
    clocked.segment,
    clocked.customer_key,
    clocked.opened_at,
    clocked.first_response_at,
    clocked.resolved_at,
    clocked.observed_through_at,
    clocked.opened_date,
    {{ week_start('clocked.opened_date') }} as week_start_date,
    clocked.is_start_observed,
    clocked.needs_reply,
    clocked.first_response_at is not null as is_answered,
    case when clocked.is_resolution_told then clocked.resolved_at is not null end as is_resolved,
    case when clocked.is_start_observed then {{ seconds_between('clocked.opened_at', 'clocked.first_response_at') }} end as first_response_seconds,
    {{ seconds_between('clocked.first_response_at', 'clocked.resolved_at') }} as handling_seconds,
    case when clocked.is_start_observed then {{ seconds_between('clocked.opened_at', 'clocked.resolved_at') }} end as resolution_seconds,
    case when clocked.is_start_observed then cast(clocked.first_response_business - clocked.opened_business as bigint) end as first_response_business_seconds,
    cast(clocked.resolved_business - clocked.first_response_business as bigint) as handling_business_seconds,
    case when clocked.is_start_observed then cast(clocked.resolved_business - clocked.opened_business as bigint) end as resolution_business_seconds,
    case
        when clocked.is_start_observed and clocked.needs_reply and clocked.first_response_at is null
            then {{ seconds_between('clocked.opened_at', 'clocked.observed_through_at') }}
    end as first_response_waited_seconds,
    case
        when clocked.is_resolution_told and clocked.resolved_at is null
            then {{ seconds_between('clocked.first_response_at', 'clocked.observed_through_at') }}
    end as handling_waited_seconds,
    case
        when clocked.is_resolution_told and clocked.is_start_observed and clocked.resolved_at is null
            then {{ seconds_between('clocked.opened_at', 'clocked.observed_through_at') }}
    end as resolution_waited_seconds,
    case
        when clocked.is_start_observed and clocked.needs_reply and clocked.first_response_at is null
            then cast(clocked.observed_through_business - clocked.opened_business as bigint)
    end as first_response_waited_business_seconds,
    case
        when clocked.is_resolution_told and clocked.resolved_at is null
            then cast(clocked.observed_through_business - clocked.first_response_business as bigint)
    end as handling_waited_business_seconds,
    case
        when clocked.is_resolution_told and clocked.is_start_observed and clocked.resolved_at is null
            then cast(clocked.observed_through_business - clocked.opened_business as bigint)
    end as resolution_waited_business_seconds,
    clocked.inbound_messages,
    clocked.answers,
    clocked.reopenings,
    clocked.csat_score,
    case
        when {{ seconds_between('clocked.resolved_at', 'clocked.observed_through_at') }} >= 7 * 86400 then returns.new_cases > 0
    end as is_recontacted_7d,
    'care_cases.v1' as metric_version
from clocked
left join returns on clocked.case_key = returns.case_key
