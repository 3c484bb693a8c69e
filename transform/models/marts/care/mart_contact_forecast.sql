{#
  Contacts of customer service by day and channel, beside what was to be expected: the mean of the same weekday in
  the four weeks before (seasonal forecast), with an 80% interval from the errors of the 28 days before. A
  forecast knows only earlier days; the seven days after the last one have a forecast and no actual yet. A
  day without contacts counts as zero from the channel's first contact on. 'all' is the total over channels.
#}

{%- set weeks = 4 %}
{%- set horizon = 7 %}

with cases as (

    select brand_id, channel, opened_date, source_name from {{ ref('fct_care_cases') }}
    where is_start_observed

),

contacts as (

    select brand_id, channel, opened_date as contact_date, count(*) as contacts
    from cases
    group by brand_id, channel, opened_date

    union all

    select brand_id, 'all' as channel, opened_date as contact_date, count(*) as contacts
    from cases
    group by brand_id, opened_date

),

spans as (

    select
        contacts.brand_id,
        contacts.channel,
        min(contacts.contact_date) as first_date,
        max(brands.last_date) as last_date
    from contacts
    inner join (
        select brand_id, max(contact_date) as last_date from contacts
        group by brand_id
    ) as brands on contacts.brand_id = brands.brand_id
    group by contacts.brand_id, contacts.channel

),

days as (

    select
        spans.brand_id,
        spans.channel,
        cast(spine.contact_date as date) as contact_date,
        cast(spine.contact_date as date) > spans.last_date as is_ahead
    from spans
    cross join lateral unnest({{ date_list('spans.first_date', 'spans.last_date + ' ~ horizon) }}) as spine (contact_date)

),

series as (

    select
        days.brand_id,
        days.channel,
        days.contact_date,
        case when not days.is_ahead then coalesce(contacts.contacts, 0) end as actual
    from days
    left join contacts
        on days.contact_date = contacts.contact_date
        and days.channel = contacts.channel
        and days.brand_id = contacts.brand_id

),

forecasts as (

    select
        *,
        case
            when count(actual) over four_weeks = {{ weeks }}
                then cast(sum(actual) over four_weeks as double) / {{ weeks }}
        end as forecast
    from series
    window four_weeks as (
        partition by brand_id, channel, extract(isodow from contact_date)
        order by contact_date
        rows between {{ weeks }} preceding and 1 preceding
    )

),

errors as (

    select
        *,
        actual - forecast as error,
        power(actual - forecast, 2) as squared_error
    from forecasts

),

judged as (

    select
        *,
        count(error) over month_before as known_errors,
        1.2815516 * sqrt(avg(squared_error) over month_before) as half_width
    from errors
    window month_before as (
        partition by brand_id, channel order by contact_date rows between 28 preceding and 1 preceding
    )

),

intervals as (

    select
        *,
        case when known_errors >= 14 then case when forecast < half_width then 0 else forecast - half_width end end as forecast_low,
        case when known_errors >= 14 then forecast + half_width end as forecast_high
    from judged

)

select
    brand_id,
    channel,
    contact_date,
    cast(actual as bigint) as actual_contacts,
    forecast as forecast_contacts,
    forecast_low,
    forecast_high,
    actual between forecast_low and forecast_high as is_within_interval,
    {{ forecast_accuracy('forecast', 'actual', 'forecast') }} as accuracy_by_forecast,
    {{ forecast_accuracy('forecast', 'actual', 'actual') }} as accuracy_by_actual,
    {{ ratio('sum(abs(error)) over month', 'sum(case when error is not null then actual end) over month') }} as wape_28d,
    {{ ratio('sum(-error) over month', 'sum(case when error is not null then actual end) over month') }} as bias_28d,
    {{ ratio('count(case when actual between forecast_low and forecast_high then 1 end) over month', 'count(case when actual is not null then forecast_low end) over month') }} as interval_coverage_28d,
    'contact_forecast.v1' as metric_version
from intervals
window month as (
    partition by brand_id, channel order by contact_date rows between 27 preceding and current row
)
