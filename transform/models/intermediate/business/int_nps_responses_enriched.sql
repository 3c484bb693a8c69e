{#
  Answers with the segment of their CRM account, their reporting week and the topics of their comment. An answer that names
  no account that the CRM knows has that of the contact with its e-mail address.
#}

with responses as (

    select
        source_name || ':' || response_id as response_key,
        source_name,
        account_id,
        respondent_key,
        email_key,
        segment,
        language,
        score,
        responded_at,
        {{ reporting_date('responded_at') }} as response_date,
        {{ tokens('comment') }} as tokens
    from {{ ref('int_nps_responses_latest') }}

),

scores as (

    {{ topic_scores('responses', ['response_key'], 'tokens', ref('int_topic_weights'), ref('int_topic_labels')) }}

),

topics as (

    select response_key, array_agg(topic order by topic) as topics
    from scores
    group by response_key

)

select
    responses.response_key,
    responses.source_name,
    coalesce(accounts.source_name, contacts.account_source_name) as account_source_name,
    coalesce(accounts.account_id, contacts.account_id, responses.account_id) as account_id,
    coalesce(responses.respondent_key, responses.email_key, responses.response_key) as person_key,
    coalesce(case when accounts.account_id is null then contacts.segment else accounts.segment end, responses.segment, 'unknown') as segment,
    responses.score,
    responses.responded_at,
    responses.response_date,
    {{ week_start('responses.response_date') }} as week_start_date,
    topics.topics
from responses
left join {{ ref('int_accounts_latest') }} as accounts
    on responses.source_name = accounts.source_name and responses.account_id = accounts.account_id
left join {{ ref('int_contact_accounts') }} as contacts on responses.email_key = contacts.email_key
left join topics on responses.response_key = topics.response_key
