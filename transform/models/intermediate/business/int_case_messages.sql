{#
  Messages between customers and support as last observed, each with its case. Where the source names no
  case, messages that answer each other make one: it begins with the first message of a customer, so that
  what a brand posts by itself is no case, and each customer who answers it begins one. An answer to a
  message that the data do not hold belongs to a case whose beginning nobody saw. The messages of a case that
  was deleted are gone with it.
#}

with recursive messages as (

    select
        source_name,
        message_id,
        case_id,
        nullif(in_reply_to_message_id, message_id) as parent_id,
        brand,
        channel,
        author_key,
        is_inbound,
        message_kind,
        coalesce(needs_reply, is_inbound) as needs_reply,
        sent_at
    from (

        {{ latest_observations(['stg_demo__case_messages', 'stg_files__case_messages', 'stg_networks__case_messages'], 'message_id') }}

    ) as latest

),

unnamed as (

    select source_name, message_id, parent_id, is_inbound from messages
    where case_id is null

),

threads as (

    select
        unnamed.source_name,
        unnamed.message_id,
        case when unnamed.is_inbound then unnamed.message_id else unnamed.parent_id end as case_id,
        unnamed.is_inbound and unnamed.parent_id is null as is_start_observed
    from unnamed
    left join unnamed as parents
        on unnamed.source_name = parents.source_name and unnamed.parent_id = parents.message_id
    where parents.message_id is null

    union all

    select
        unnamed.source_name,
        unnamed.message_id,
        coalesce(threads.case_id, case when unnamed.is_inbound then unnamed.message_id end) as case_id,
        case when threads.case_id is null then unnamed.is_inbound else threads.is_start_observed end as is_start_observed
    from threads
    inner join unnamed
        on threads.source_name = unnamed.source_name and threads.message_id = unnamed.parent_id

)

select
    messages.source_name || ':' || coalesce(messages.case_id, threads.case_id) as case_key,
    messages.source_name,
    messages.message_id,
    messages.brand,
    messages.channel,
    messages.author_key,
    messages.is_inbound,
    messages.message_kind,
    messages.needs_reply,
    messages.sent_at,
    messages.case_id is not null or threads.is_start_observed as is_start_observed
from messages
left join threads
    on messages.source_name = threads.source_name and messages.message_id = threads.message_id
left join {{ ref('int_support_cases_latest') }} as deleted_cases
    on messages.source_name = deleted_cases.source_name and messages.case_id = deleted_cases.case_id and deleted_cases.is_deleted
where coalesce(messages.case_id, threads.case_id) is not null and deleted_cases.case_id is null
