{#
  Cases with the segment of their CRM account, their times in seconds, and how often they were reopened. A case that names
  no account that the CRM knows has that of the contact with its e-mail address.
#}

with cases as (

    select
        *,
        {{ reporting_date('opened_at') }} as opened_date
    from {{ ref('int_support_cases_latest') }}
    where not coalesce(is_deleted, false)

),

observations as (

    {% for model in ['stg_demo__support_cases', 'stg_files__support_cases', 'stg_networks__support_cases'] -%}
    select source_name, case_id, observation_id, observed_at, resolved_at from {{ ref(model) }}
    {{ 'union' if not loop.last }}
    {% endfor %}
),

steps as (

    select
        source_name,
        case_id,
        resolved_at,
        lag(resolved_at) over (partition by source_name, case_id order by observed_at, observation_id) as resolved_before_at
    from observations

),

reopenings as (

    select source_name, case_id, cast(count(*) as bigint) as reopenings
    from steps
    where resolved_at is null and resolved_before_at is not null
    group by source_name, case_id

)

select
    cases.source_name || ':' || cases.case_id as case_key,
    cases.source_name,
    coalesce(accounts.source_name, contacts.account_source_name) as account_source_name,
    coalesce(accounts.account_id, contacts.account_id, cases.account_id) as account_id,
    coalesce(cases.customer_key, cases.email_key, cases.source_name || ':' || cases.case_id) as person_key,
    coalesce(case when accounts.account_id is null then contacts.segment else accounts.segment end, 'unknown') as segment,
    cases.topic,
    cases.channel,
    cases.csat_score,
    cases.opened_at,
    cases.first_response_at,
    cases.resolved_at,
    cases.opened_date,
    {{ week_start('cases.opened_date') }} as week_start_date,
    {{ seconds_between('cases.opened_at', 'cases.first_response_at') }} as first_response_seconds,
    {{ seconds_between('cases.opened_at', 'cases.resolved_at') }} as resolution_seconds,
    coalesce(reopenings.reopenings, 0) as reopenings
from cases
left join {{ ref('int_accounts_latest') }} as accounts
    on cases.source_name = accounts.source_name and cases.account_id = accounts.account_id
left join {{ ref('int_contact_accounts') }} as contacts on cases.email_key = contacts.email_key
left join reopenings
    on cases.source_name = reopenings.source_name and cases.case_id = reopenings.case_id
