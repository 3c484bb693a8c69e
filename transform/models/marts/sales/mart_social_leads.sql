{#
  Leads by week, source and what the CRM recorded of social touches before the sale: how many, how soon somebody
  spoke to them, how far they have come by now. No lead is matched with a person on a platform.
#}

select
    opened_week_start_date as week_start_date,
    lead_source,
    touch_group,
    cast(count(*) as bigint) as leads,
    cast(sum(social_touches) as bigint) as presale_touches,
    cast(count(contact_seconds) as bigint) as contacted_leads,
    percentile_cont(0.5) within group (order by contact_seconds) / 3600.0 as median_contact_hours,
    cast(count(is_new_customer) as bigint) as known_customers,
    cast(count(case when is_new_customer then 1 end) as bigint) as new_customers,
    cast(count(case when is_renewal then 1 end) as bigint) as renewals,
    cast(count(case when stages_seen > 1 then 1 end) as bigint) as advanced_leads,
    percentile_cont(0.5) within group (order by advance_seconds) / 86400.0 as median_days_to_advance,
    cast(count(case when is_closed and is_won then 1 end) as bigint) as won,
    cast(count(case when is_closed and not is_won then 1 end) as bigint) as lost,
    cast(count(case when not is_closed then 1 end) as bigint) as still_open,
    cast(coalesce(sum(case when is_closed and is_won then amount_cents end), 0) as double) / 100 as won_revenue,
    'social_leads.v1' as metric_version
from {{ ref('int_opportunities_enriched') }}
where opened_week_start_date is not null
group by opened_week_start_date, lead_source, touch_group
