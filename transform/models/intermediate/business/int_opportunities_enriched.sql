{#
  Opportunities with the segment of their account, the weeks in which they were opened and closed, what the CRM
  recorded of social touches, and when they were first seen in another stage than the one they began in.
#}

with opportunities as (

    select
        *,
        {{ reporting_date('created_at') }} as opened_date,
        {{ reporting_date('closed_at') }} as closed_date
    from {{ ref('int_opportunities_latest') }}

),

observations as (

    {% for model in ['stg_demo__crm_opportunities', 'stg_files__crm_opportunities', 'stg_networks__crm_opportunities'] -%}
    select source_name, opportunity_id, stage, observed_at, coalesce(closed_at, observed_at) as seen_at, created_at
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

stages as (

    select
        source_name,
        opportunity_id,
        stage,
        min(seen_at) as entered_at,
        min(observed_at) as first_observed_at
    from observations
    where stage is not null
    group by source_name, opportunity_id, stage

),

numbered_stages as (

    select
        *,
        row_number() over (partition by source_name, opportunity_id order by first_observed_at, entered_at, stage) as stage_number
    from stages

),

histories as (

    select
        source_name,
        opportunity_id,
        cast(count(*) as bigint) as stages_seen,
        min(case when stage_number = 2 then entered_at end) as advanced_at
    from numbered_stages
    group by source_name, opportunity_id

)

select
    opportunities.source_name || ':' || opportunities.opportunity_id as opportunity_key,
    opportunities.account_id,
    coalesce(accounts.segment, 'unknown') as segment,
    opportunities.stage,
    coalesce(opportunities.lead_source, 'unknown') as lead_source,
    opportunities.social_touches,
    case
        when opportunities.social_touches > 0 or (opportunities.social_touches is null and lower(opportunities.lead_source) = 'social')
            then 'touched'
        when opportunities.social_touches = 0 then 'untouched'
        else 'not recorded'
    end as touch_group,
    opportunities.is_new_customer,
    opportunities.is_renewal,
    opportunities.is_won,
    opportunities.is_closed,
    cast(round(opportunities.amount * 100) as bigint) as amount_cents,
    {{ seconds_between('opportunities.created_at', 'opportunities.closed_at') }} as cycle_seconds,
    {{ seconds_between('opportunities.created_at', 'opportunities.first_contact_at') }} as contact_seconds,
    coalesce(histories.stages_seen, 0) as stages_seen,
    {{ seconds_between('opportunities.created_at', 'histories.advanced_at') }} as advance_seconds,
    {{ week_start('opportunities.opened_date') }} as opened_week_start_date,
    opportunities.closed_date,
    {{ week_start('opportunities.closed_date') }} as closed_week_start_date
from opportunities
left join {{ ref('int_accounts_latest') }} as accounts
    on opportunities.source_name = accounts.source_name and opportunities.account_id = accounts.account_id
left join histories
    on opportunities.source_name = histories.source_name and opportunities.opportunity_id = histories.opportunity_id
