{#
  Business hours of listening.yml (`reporting.business_hours`), in the reporting time zone. An instant is put
  on a clock that only runs while support is at work; the time between two instants is the difference of
  their readings. Without business hours every reading is NULL.
#}

{# Days from the first to the last of relation `bounds` (first_date, last_date), each with what the clock showed as it began. #}
{% macro business_calendar(bounds) %}
select
    calendar_date,
    opens_second,
    open_seconds,
    cast(
        sum(open_seconds) over (order by calendar_date rows between unbounded preceding and current row) - open_seconds
        as bigint
    ) as seconds_before
from (
    select
        cast(spine.calendar_date as date) as calendar_date,
        60 * settings.business_opens_minute as opens_second,
        case
            when settings.business_days is null then null
            when
                position(cast(extract(isodow from spine.calendar_date) as varchar) in settings.business_days) > 0
                and position(cast(cast(spine.calendar_date as date) as varchar) in coalesce(settings.holidays, '')) = 0
                then 60 * (settings.business_closes_minute - settings.business_opens_minute)
            else 0
        end as open_seconds
    from {{ bounds }} as bounds
    cross join {{ ref('int_settings') }} as settings
    cross join lateral unnest({{ date_list('bounds.first_date', 'bounds.last_date') }}) as spine (calendar_date)
) as days
{% endmacro %}

{# What the clock shows at an instant; `day` is the calendar's row of its reporting date. #}
{% macro business_reading(instant, day) -%}
    (
        {{ day }}.seconds_before + case
            when {{ reporting_second_of_day(instant) }} <= {{ day }}.opens_second then 0
            when {{ reporting_second_of_day(instant) }} - {{ day }}.opens_second >= {{ day }}.open_seconds then {{ day }}.open_seconds
            else {{ reporting_second_of_day(instant) }} - {{ day }}.opens_second
        end
    )
{%- endmacro %}
