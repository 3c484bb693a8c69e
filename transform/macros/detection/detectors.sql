{#
  The detectors of unusual values. The marts and `listenhouse detect` render these very macros, so there is
  no second detector to drift away.

  detector_scores(series, detector, rows_per_day, strictness)
    series     relation with series_id, row_number (1, 2, 3 ... in each series, evenly spaced in time) and
               value (double, NULL where unknown)
    detector   robust | sd | window | seasonal | peaks
    strictness of `sd`: how many standard deviations, 1.5, 2 or 3
    peak_days and peak_quantile of `peaks`: what the usual daily peak is taken from
  Returns series_id, row_number, expected, statistic, anomaly_score. `statistic` is signed (valleys are negative)
  and counted in thresholds of its detector: at 1 or -1 it speaks. anomaly_score = s / (1 + s), s = |statistic|,
  so the threshold is 0.5. Each row is judged by itself and the rows before it, never by later ones. Without
  enough history the statistic is NULL and the score is 0: nothing is known to be unusual.
#}
{% macro detector_scores(series, detector, rows_per_day, strictness=2, peak_days=21, peak_quantile=0.9) -%}
    {%- set hour = [1, (rows_per_day / 24) | round | int] | max -%}
    {%- if detector == 'robust' -%}
        {{ robust_detector(series, hour, 7 * rows_per_day) }}
    {%- elif detector == 'sd' -%}
        {{ sd_detector(series, rows_per_day, strictness) }}
    {%- elif detector == 'window' -%}
        {{ window_detector(series, hour, rows_per_day) }}
    {%- elif detector == 'seasonal' -%}
        {{ seasonal_detector(series, hour, 7 * rows_per_day) }}
    {%- elif detector == 'peaks' -%}
        {{ peaks_detector(series, [rows_per_day, 7] | max, peak_days, peak_quantile) }}
    {%- endif -%}
{%- endmacro %}

{# The rows from `first` to `last` before a row, both included; 0 is the row itself. #}
{% macro rows_before(first, last) -%}
    over (partition by series_id order by row_number rows between {{ first }} preceding and {{ last }} preceding)
{%- endmacro %}
{% macro rows_until_now(count) -%}
    over (partition by series_id order by row_number rows between {{ count - 1 }} preceding and current row)
{%- endmacro %}
{% macro rows_ago(column, count) -%}
    lag({{ column }}, {{ count }}) over (partition by series_id order by row_number)
{%- endmacro %}

{# The score of a statistic that is counted in thresholds: 0.5 at the threshold, 1 never quite. #}
{% macro anomaly_score(statistic) -%}
    coalesce(abs({{ statistic }}) / (1 + abs({{ statistic }})), 0)
{%- endmacro %}

{#
  The default of the marts: robust z = (x - median) / (1.4826 MAD + 1) against the same hour of the week,
  over the eight weeks before, of which three must be known. Threshold: z = 3. What is compared are means
  over an hour. 1.4826 makes the MAD of normal values their standard deviation; the 1 is one mention.
#}
{% macro robust_detector(series, hour, week) -%}
    select
        series_id,
        row_number,
        cast(expected as double) as expected,
        mad,
        weeks,
        (hour_value - expected) / (1.4826 * mad + 1) / 3 as statistic,
        {{ anomaly_score('(hour_value - expected) / (1.4826 * mad + 1) / 3') }} as anomaly_score
    from (
        select
            series_id, row_number, hour_value, weeks,
            case when weeks >= 3 then expected end as expected,
            case when weeks >= 3 then {{ list_mad('past', 'expected') }} end as mad
        from (
            select *, {{ list_known('past') }} as weeks, {{ list_median('past') }} as expected
            from (
                select
                    series_id, row_number, hour_value,
                    [{% for weeks_ago in range(1, 9) %}{{ rows_ago('hour_value', week * weeks_ago) }}{{ ', ' if not loop.last }}{% endfor %}] as past
                from (
                    select series_id, row_number, avg(value) {{ rows_until_now(hour) }} as hour_value
                    from {{ series }}
                ) as hourly
            ) as slots
        ) as centred
    ) as spread
{%- endmacro %}

{#
  Preset `sd`: the mean of 24 hours against the mean of the seven days before them, in standard deviations of
  those days. Threshold: `strictness` standard deviations. Three days must be known.
#}
{% macro sd_detector(series, day, strictness) -%}
    select
        series_id,
        row_number,
        expected,
        (day_value - expected) / nullif({{ strictness }} * deviation, 0) as statistic,
        {{ anomaly_score('(day_value - expected) / nullif(' ~ strictness ~ ' * deviation, 0)') }} as anomaly_score
    from (
        select
            series_id,
            row_number,
            avg(value) {{ rows_until_now(day) }} as day_value,
            case when count(value) {{ rows_before(8 * day - 1, day) }} >= {{ 3 * day }}
                then avg(value) {{ rows_before(8 * day - 1, day) }} end as expected,
            stddev_samp(value) {{ rows_before(8 * day - 1, day) }} as deviation
        from {{ series }}
    ) as means
{%- endmacro %}

{#
  Preset `window`: one hour against the twelve hours before it, in their standard deviations (plus 1, one
  mention); threshold 3. It speaks only if the same hour of the day before and of the week before, as far as
  they are known, confirm it: the hour must lie beyond both, on the same side.
#}
{% macro window_detector(series, hour, day) -%}
    select
        series_id,
        row_number,
        expected,
        case when confirmed then deviation / 3 end as statistic,
        {{ anomaly_score('case when confirmed then deviation / 3 end') }} as anomaly_score
    from (
        select
            series_id, row_number, expected, deviation,
            coalesce(sign(hour_value - day_before) = sign(deviation), true)
            and coalesce(sign(hour_value - week_before) = sign(deviation), true) as confirmed
        from (
            select
                *,
                (hour_value - expected) / (half_day_deviation + 1) as deviation,
                {{ rows_ago('hour_value', day) }} as day_before,
                {{ rows_ago('hour_value', 7 * day) }} as week_before
            from (
                select
                    series_id,
                    row_number,
                    avg(value) {{ rows_until_now(hour) }} as hour_value,
                    avg(value) {{ rows_before(13 * hour - 1, hour) }} as expected,
                    case when count(value) {{ rows_before(13 * hour - 1, hour) }} >= {{ 12 * hour }}
                        then stddev_samp(value) {{ rows_before(13 * hour - 1, hour) }} end as half_day_deviation
                from {{ series }}
            ) as means
        ) as compared
    ) as judged
{%- endmacro %}

{#
  Preset `seasonal`: the mean of an hour against the same weekday and hour of up to four weeks before, of
  which two must be known, in their standard deviations (plus 1, one mention). Threshold: 3.
#}
{% macro seasonal_detector(series, hour, week) -%}
    select
        series_id,
        row_number,
        expected,
        (hour_value - expected) / (deviation + 1) / 3 as statistic,
        {{ anomaly_score('(hour_value - expected) / (deviation + 1) / 3') }} as anomaly_score
    from (
        select series_id, row_number, hour_value, {{ list_mean('past') }} as expected, {{ list_deviation('past') }} as deviation
        from (
            select
                series_id, row_number, hour_value,
                [{% for weeks_ago in range(1, 5) %}{{ rows_ago('hour_value', week * weeks_ago) }}{{ ', ' if not loop.last }}{% endfor %}] as past
            from (
                select series_id, row_number, avg(value) {{ rows_until_now(hour) }} as hour_value
                from {{ series }}
            ) as hourly
        ) as slots
    ) as compared
{%- endmacro %}

{#
  The default of `listenhouse detect`: is this peak higher than the peaks that this series usually has?

  1. expected: of three forecasts the one with the smallest median error of the last seven days: the median of
     seven days; the median of the same time of seven days before; that of the same time of four weeks before.
     Repeating patterns must beat the plain median by a fifth before they are believed.
  2. z = (x - expected) / (1.4826 MAD + floor), the floor being 1 as long as all values were whole numbers
     (one mention), else a hundredth of the usual value.
  3. strength = z over the usual daily peak, which is the 90th percentile (peak_quantile) of the highest z of a day over
     the last three weeks (peak_days). Downwards likewise, less a half: a quiet night is part of every day. In the
     first week it counts in proportion to what has been seen, because little is known to be usual.
  4. What is remembered of an episode halves every half day. statistic = how far the strength rises over what
     is remembered, in six tenths of a usual daily peak (the threshold): the first row that is stronger than all
     before it says most, its wake says little.

  `day` is the number of rows of a day; of series with a row a day or less, seven rows. The score of the wake is
  below a fifth, in the order of what is remembered.
#}
{% macro peaks_detector(series, day, peak_days, peak_quantile) -%}
    {%- set half_life = day / 2 -%}
    {%- set around = [1, (day / 48) | int] | max -%}
    {%- set shift = (around / 2) | int -%}
    select
        series_id,
        row_number,
        expected,
        case when z < 0 then -novelty else novelty end as statistic,
        greatest(
            novelty / (1 + novelty),
            0.2 * greatest(strength, remembered) / (1 + greatest(strength, remembered))
        ) as anomaly_score
    from (
        select
            *,
            greatest(strength - remembered, 0) / 0.6 as novelty
        from (
            select
                *,
                -- The strongest so far, each halved every half day: in logarithms, so that any length of series fits.
                coalesce(power(2, max(log2(nullif(strength, 0)) + row_number / {{ half_life }}) {{ rows_before('unbounded', 1) }}
                    - row_number / {{ half_life }}), 0) as remembered
            from (
                select
                    series_id, row_number, expected, z,
                    coalesce(least(cast(row_number - 1 as double) / {{ 7 * day }}, 1) * greatest(
                        greatest(z, 0) / greatest(quantile_cont(day_high, {{ peak_quantile }}) {{ rows_before(peak_days * day, 1) }}, 3),
                        greatest(-z, 0) / greatest(quantile_cont(day_low, {{ peak_quantile }}) {{ rows_before(peak_days * day, 1) }}, 3) - 0.5
                    ), 0) as strength
                from (
                    select
                        *,
                        case when row_number > 12 then max(greatest(z, 0)) {{ rows_until_now(day) }} end as day_high,
                        case when row_number > 12 then max(greatest(-z, 0)) {{ rows_until_now(day) }} end as day_low
                    from (
                        select
                            series_id, row_number, expected,
                            (value - expected) / (1.4826 * error + floor) as z
                        from (
                            select
                                series_id, row_number, value, floor,
                                case
                                    when weekly_error < 0.8 * least(flat_error, coalesce(daily_error, flat_error)) then weekly
                                    when daily_error < 0.8 * flat_error then daily
                                    else flat
                                end as expected,
                                case
                                    when weekly_error < 0.8 * least(flat_error, coalesce(daily_error, flat_error)) then weekly_error
                                    when daily_error < 0.8 * flat_error then daily_error
                                    else flat_error
                                end as error
                            from (
                                select
                                    *,
                                    {% for forecast in ['flat', 'daily', 'weekly'] -%}
                                    median(abs(value - {{ forecast }})) {{ rows_before(7 * day, 1) }} as {{ forecast }}_error{{ ',' if not loop.last }}
                                    {% endfor %}
                                from (
                                    select
                                        series_id, row_number, value,
                                        case when count(value) {{ rows_before(7 * day, 1) }} >= 12
                                            then median(value) {{ rows_before(7 * day, 1) }} end as flat,
                                        case when bool_and(value = floor(value)) {{ rows_before('unbounded', 0) }}
                                            then 1 else greatest(0.01 * median(abs(value)) {{ rows_before(7 * day, 1) }}, 1e-9) end as floor,
                                        case when {{ list_known('days') }} >= 3 then {{ list_median('days') }} end as daily,
                                        case when {{ list_known('weeks') }} >= 2 then {{ list_median('weeks') }} end as weekly
                                    from (
                                        select
                                            series_id, row_number, value,
                                            [{% for ago in range(1, 8) %}{{ rows_ago('smooth', day * ago - shift) }}{{ ', ' if not loop.last }}{% endfor %}] as days,
                                            [{% for ago in range(1, 5) %}{{ rows_ago('smooth', 7 * day * ago - shift) }}{{ ', ' if not loop.last }}{% endfor %}] as weeks
                                        from (
                                            select series_id, row_number, value, median(value) {{ rows_until_now(around) }} as smooth
                                            from {{ series }}
                                        ) as smoothed
                                    ) as slots
                                ) as forecasts
                            ) as errors
                        ) as chosen
                    ) as deviations
                ) as peaks
            ) as strengths
        ) as memories
    ) as news
{%- endmacro %}

{# Statistics of a short list; unknown items are left out. #}
{% macro list_known(list) -%}{{ return(adapter.dispatch('list_known', 'listenhouse')(list)) }}{%- endmacro %}
{% macro duckdb__list_known(list) -%}list_aggregate({{ list }}, 'count'){%- endmacro %}
{% macro list_median(list) -%}{{ return(adapter.dispatch('list_median', 'listenhouse')(list)) }}{%- endmacro %}
{% macro duckdb__list_median(list) -%}list_aggregate({{ list }}, 'median'){%- endmacro %}
{% macro list_mean(list) -%}{{ return(adapter.dispatch('list_mean', 'listenhouse')(list)) }}{%- endmacro %}
{% macro duckdb__list_mean(list) -%}list_aggregate({{ list }}, 'avg'){%- endmacro %}
{% macro list_deviation(list) -%}{{ return(adapter.dispatch('list_deviation', 'listenhouse')(list)) }}{%- endmacro %}
{% macro duckdb__list_deviation(list) -%}list_aggregate({{ list }}, 'stddev_samp'){%- endmacro %}
{# The median absolute deviation from `centre`. #}
{% macro list_mad(list, centre) -%}{{ return(adapter.dispatch('list_mad', 'listenhouse')(list, centre)) }}{%- endmacro %}
{% macro duckdb__list_mad(list, centre) -%}
    list_aggregate(list_transform({{ list }}, lambda past_value: abs(past_value - {{ centre }})), 'median')
{%- endmacro %}
