{#
  What campaigns cost and what is credited to them. A conversion is credited to the campaigns whose visits
  brought the visitor in the 30 days up to it, itself included: all to the first of them (first), all to the
  last (last), or to each visit alike (linear). What no campaign brought is credited to '(none)', so that under
  each model the credits add up to all conversions and all revenue. ROI = (revenue - cost) / cost, within one
  currency; money of two currencies is never added.
#}

with sessions as (

    select
        source_name || ':' || session_id as session_key,
        source_name || ':' || coalesce(visitor_key, session_id) as visitor_key,
        started_at,
        lower(utm_campaign) as campaign,
        is_conversion,
        coalesce(currency, 'none') as currency,
        cast(round(coalesce(revenue, 0) * 100) as bigint) as revenue_cents
    from {{ ref('int_web_sessions_latest') }}

),

conversions as (

    select * from sessions
    where is_conversion

),

touches as (

    select
        conversions.session_key,
        conversions.currency,
        conversions.revenue_cents,
        touches.campaign,
        row_number() over (partition by conversions.session_key order by touches.started_at, touches.session_key) as place,
        count(*) over (partition by conversions.session_key) as touch_count
    from conversions
    inner join sessions as touches
        on conversions.visitor_key = touches.visitor_key
    where
        touches.campaign is not null
        and touches.started_at <= conversions.started_at
        and {{ seconds_between('touches.started_at', 'conversions.started_at') }} <= 30 * 86400

),

-- In billionths of a conversion and of a cent: whole numbers, whose sum has no order.
credits as (

    select 'first' as attribution_model, campaign, currency, 1000000000 as conversion_nano, revenue_cents * 1000000 as revenue_micro
    from touches
    where place = 1

    union all

    select 'last', campaign, currency, 1000000000, revenue_cents * 1000000
    from touches
    where place = touch_count

    union all

    select
        'linear',
        campaign,
        currency,
        cast(round(1000000000.0 / touch_count) as bigint),
        cast(round(revenue_cents * 1000000.0 / touch_count) as bigint)
    from touches

    union all

    select models.attribution_model, '(none)', conversions.currency, 1000000000, conversions.revenue_cents * 1000000
    from conversions
    cross join (
        select 'first' as attribution_model union all select 'last' union all select 'linear'
    ) as models
    where conversions.session_key not in (select touches.session_key from touches)

),

credited as (

    select
        attribution_model,
        campaign,
        currency,
        sum(conversion_nano) as conversion_nano,
        sum(revenue_micro) as revenue_micro
    from credits
    group by attribution_model, campaign, currency

),

costs as (

    select
        models.attribution_model,
        lower(costs.campaign_name) as campaign,
        costs.currency,
        sum(cast(round(costs.cost * 100) as bigint)) as cost_cents
    from {{ ref('int_ad_costs_latest') }} as costs
    cross join (
        select 'first' as attribution_model union all select 'last' union all select 'linear'
    ) as models
    group by models.attribution_model, lower(costs.campaign_name), costs.currency

),

campaigns as (

    select entity_id, entity_id as campaign from {{ ref('dim_entities') }}
    where entity_kind = 'campaign'

),

joined as (

    select
        coalesce(credited.campaign, costs.campaign) as campaign,
        coalesce(credited.attribution_model, costs.attribution_model) as attribution_model,
        coalesce(credited.currency, costs.currency) as currency,
        cast(costs.cost_cents as bigint) / 100.0 as cost,
        cast(coalesce(credited.conversion_nano, 0) as bigint) / 1000000000.0 as attributed_conversions,
        cast(coalesce(credited.revenue_micro, 0) as bigint) / 100000000.0 as attributed_revenue
    from credited
    full outer join costs
        on credited.campaign = costs.campaign
        and credited.attribution_model = costs.attribution_model
        and credited.currency = costs.currency

)

select
    joined.campaign,
    joined.attribution_model,
    joined.currency,
    campaigns.entity_id,
    cast(joined.cost as double) as cost,
    cast(joined.attributed_conversions as double) as attributed_conversions,
    cast(joined.attributed_revenue as double) as attributed_revenue,
    {{ ratio('joined.cost', 'joined.attributed_conversions') }} as cost_per_conversion,
    {{ ratio('joined.attributed_revenue', 'joined.cost') }} as return_on_ad_spend,
    {{ ratio('(joined.attributed_revenue - joined.cost)', 'joined.cost') }} as roi,
    'roi.v1' as metric_version
from joined
left join campaigns on joined.campaign = campaigns.campaign
