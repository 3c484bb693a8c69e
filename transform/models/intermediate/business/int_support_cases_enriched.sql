{# Cases with the segment of their CRM account and their times in seconds. #}

with cases as (

    select
        *,
        {{ reporting_date('opened_at') }} as opened_date
    from {{ ref('int_support_cases_latest') }}

)

select
    cases.source_name || ':' || cases.case_id as case_key,
    cases.source_name,
    cases.account_id,
    coalesce(cases.customer_key, cases.source_name || ':' || cases.case_id) as person_key,
    coalesce(accounts.segment, 'unknown') as segment,
    cases.topic,
    cases.channel,
    cases.csat_score,
    cases.opened_date,
    {{ week_start('cases.opened_date') }} as week_start_date,
    {{ seconds_between('cases.opened_at', 'cases.first_response_at') }} as first_response_seconds,
    {{ seconds_between('cases.opened_at', 'cases.resolved_at') }} as resolution_seconds
from cases
left join {{ ref('int_accounts_latest') }} as accounts
    on cases.source_name = accounts.source_name and cases.account_id = accounts.account_id
