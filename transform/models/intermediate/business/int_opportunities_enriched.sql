{# Opportunities with the segment of their account and the weeks in which they were opened and closed. #}

with opportunities as (

    select
        *,
        {{ reporting_date('closed_at') }} as closed_date
    from {{ ref('int_opportunities_latest') }}

)

select
    opportunities.source_name || ':' || opportunities.opportunity_id as opportunity_key,
    opportunities.account_id,
    coalesce(accounts.segment, 'unknown') as segment,
    opportunities.stage,
    opportunities.is_won,
    opportunities.is_closed,
    cast(round(opportunities.amount * 100) as bigint) as amount_cents,
    opportunities.closed_date,
    {{ week_start('opportunities.closed_date') }} as closed_week_start_date
from opportunities
left join {{ ref('int_accounts_latest') }} as accounts
    on opportunities.source_name = accounts.source_name and opportunities.account_id = accounts.account_id
