{#
  Closed deals that social media touched before the sale against those it did not, by segment: win rate, length
  of the sales cycle and deal size, each with a 95% interval, and the difference to the untouched ones. 'all' is the
  total over segments. It is a comparison, no effect: who is touched is not drawn by lot. Below
  30 closed deals on one side the verdict is that there are too few.
#}

{%- set enough = 30 %}

with deals as (

    select * from {{ ref('int_opportunities_enriched') }}

),

by_segment as (

    select segment, touch_group, is_won, is_closed, amount_cents, cycle_seconds, is_new_customer, is_renewal from deals
    union all
    select 'all' as segment, touch_group, is_won, is_closed, amount_cents, cycle_seconds, is_new_customer, is_renewal from deals

),

sums as (

    select
        segment,
        touch_group,
        cast(count(*) as bigint) as opportunities,
        cast(count(case when is_closed then 1 end) as bigint) as closed,
        cast(count(case when is_closed and is_won then 1 end) as bigint) as won,
        cast(count(case when is_closed and is_renewal is not null then 1 end) as bigint) as renewal_known,
        cast(count(case when is_closed and is_renewal then 1 end) as bigint) as renewals_closed,
        cast(count(case when is_closed and is_renewal and is_won then 1 end) as bigint) as renewals_won,
        cast(count(case when is_closed and is_won and is_new_customer then 1 end) as bigint) as new_customers_won,
        count(case when is_closed then cycle_seconds end) as cycles,
        sum(case when is_closed then cycle_seconds end) as cycle_sum,
        {{ sum_of_squares('case when is_closed then cycle_seconds end') }} as cycle_squares,
        percentile_cont(0.5) within group (order by case when is_closed then cycle_seconds end) / 86400.0 as median_cycle_days,
        count(case when is_closed and is_won then amount_cents end) as sizes,
        sum(case when is_closed and is_won then amount_cents end) as size_sum,
        {{ sum_of_squares('case when is_closed and is_won then amount_cents end') }} as size_squares,
        percentile_cont(0.5) within group (order by case when is_closed and is_won then amount_cents end) / 100.0 as median_deal_size
    from by_segment
    group by segment, touch_group

),

means as (

    select
        *,
        {{ ratio('cycle_sum', 'cycles * 86400') }} as mean_cycle_days,
        {{ squared_error_of_mean('cycles', 'cycle_sum', 'cycle_squares') }} / power(86400, 2) as cycle_error,
        {{ ratio('size_sum', 'sizes * 100') }} as mean_deal_size,
        {{ squared_error_of_mean('sizes', 'size_sum', 'size_squares') }} / power(100, 2) as size_error
    from sums

),

compared as (

    select
        means.*,
        untouched.closed as untouched_closed,
        {{ ratio('means.won', 'means.closed') }} - {{ ratio('untouched.won', 'untouched.closed') }} as win_rate_difference,
        {{ newcombe('means.won', 'means.closed', 'untouched.won', 'untouched.closed', 'low') }} as win_rate_difference_low,
        {{ newcombe('means.won', 'means.closed', 'untouched.won', 'untouched.closed', 'high') }} as win_rate_difference_high,
        {% for figure, error in [('mean_cycle_days', 'cycle_error'), ('mean_deal_size', 'size_error')] -%}
        means.{{ figure }} - untouched.{{ figure }} as {{ figure }}_difference,
        means.{{ figure }} - untouched.{{ figure }} - 1.959964 * sqrt(means.{{ error }} + untouched.{{ error }}) as {{ figure }}_difference_low,
        means.{{ figure }} - untouched.{{ figure }} + 1.959964 * sqrt(means.{{ error }} + untouched.{{ error }}) as {{ figure }}_difference_high{{ ',' if not loop.last }}
        {% endfor %}
    from means
    left join means as untouched
        on means.segment = untouched.segment and untouched.touch_group = 'untouched' and means.touch_group <> 'untouched'

)

select
    segment,
    touch_group,
    opportunities,
    closed,
    won,
    {{ ratio('won', 'closed') }} as win_rate,
    {{ wilson('won', 'closed', 'low') }} as win_rate_low,
    {{ wilson('won', 'closed', 'high') }} as win_rate_high,
    win_rate_difference,
    win_rate_difference_low,
    win_rate_difference_high,
    case
        when touch_group = 'untouched' then 'not compared'
        when untouched_closed is null or untouched_closed < {{ enough }} or closed < {{ enough }} then 'too few'
        when win_rate_difference_low > 0 then 'higher'
        when win_rate_difference_high < 0 then 'lower'
        else 'no clear difference'
    end as win_rate_verdict,
    {% for figure, error in [('mean_cycle_days', 'cycle_error'), ('mean_deal_size', 'size_error')] -%}
    {{ figure }},
    {{ figure }} - 1.959964 * sqrt({{ error }}) as {{ figure }}_low,
    {{ figure }} + 1.959964 * sqrt({{ error }}) as {{ figure }}_high,
    {{ figure }}_difference,
    {{ figure }}_difference_low,
    {{ figure }}_difference_high,
    {% endfor -%}
    median_cycle_days,
    median_deal_size,
    new_customers_won,
    renewals_closed,
    {{ ratio('renewals_won', 'renewals_closed') }} as renewal_rate,
    {{ wilson('renewals_won', 'renewals_closed', 'low') }} as renewal_rate_low,
    {{ wilson('renewals_won', 'renewals_closed', 'high') }} as renewal_rate_high,
    'sales_pipeline_social.v1' as metric_version
from compared
