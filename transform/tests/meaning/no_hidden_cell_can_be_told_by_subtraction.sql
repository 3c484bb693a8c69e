{#
  Along the segments of a week and topic, and along the topics of support cases, a total that is shown never
  stands beside one single hidden cell.
#}

with cells as (

    select
        week_start_date, segment, topic, 'survey' as channel,
        is_nps_suppressed as is_hidden
    from {{ ref('mart_voice_of_customer') }}
    where is_nps_suppressed or nps_responses is not null

    union all

    select
        week_start_date, segment, topic, 'support' as channel,
        is_care_suppressed as is_hidden
    from {{ ref('mart_voice_of_customer') }}
    where is_care_suppressed or support_cases is not null

),

lines as (

    select channel, week_start_date, topic as line, segment = 'all' as is_total, is_hidden from cells
    union all
    select channel, week_start_date, 'segment ' || segment as line, topic = 'all' as is_total, is_hidden from cells
    where channel = 'support'

)

select channel, week_start_date, line
from lines
group by channel, week_start_date, line
having
    count(case when is_total and not is_hidden then 1 end) = 1
    and count(case when not is_total and is_hidden then 1 end) = 1
