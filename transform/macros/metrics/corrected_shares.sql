{#
  Class shares corrected for the classifier's own error, with a 95% interval.

  The raw share q of predicted classes is C p, C being P(predicted | true) measured on held-out labels; the corrected
  share is what q tells of p (adjusted count: Gart and Buck 1966; Hopkins and King 2010; `ml.prevalence` tells how C is
  solved). Each stratum (`error_stratum`) has a C of its own: p is the sum over strata of (stratum's share of the posts)
  x (inverse of its C) q, clipped to the simplex once, at the end.

  The interval comes from 200 replicates: each has its own C from resampled labels and resamples the posts of each
  stratum by the normal approximation of the multinomial with its stored draws z1 and z2. The posts are resampled
  around (k + 1) / (n + 3), one post added to each class: around k / n, one post that is positive would be 100%
  positive with no doubt at all. The interval always holds the estimate. A replicate's strata are summed in billionths of
  a post, whole numbers: the sum does not depend on their order.

  counts: relation with `keys`, stratum, model_version and bigint negative, neutral, positive; a row a stratum.
  Returns keys, negative/neutral/positive share with _low and _high, net_sentiment likewise, and own_error_share, the
  share of the posts whose stratum has an error of its own: the others are corrected by that of all strata together.
#}
{% macro corrected_shares(counts, keys) %}
{%- set key_list = keys | join(', ') -%}
{%- set labels = [('neg', 'negative'), ('neu', 'neutral'), ('pos', 'positive')] -%}
{#- Keys become a number before there are 200 rows of each: to group by numbers takes half the time. #}
with numbered as {{ materialised() }} (

    select
        {{ key_list }}, model_version, known_stratum, has_own_error, negative, positive,
        negative + neutral + positive as n,
        dense_rank() over (order by {{ key_list }}) as key_number
    from ({{ known_strata(counts) }}) as known_counts
    where negative + neutral + positive > 0

),

summarised as (

    select
        key_number,
        {% for name in ['negative', 'neutral', 'positive', 'net'] -%}
        max(case when replicate = 0 then {{ name }} end) as {{ name }},
        {{ not_above(
            'percentile_cont(0.025) within group (order by case when replicate > 0 then ' ~ name ~ ' end)',
            'max(case when replicate = 0 then ' ~ name ~ ' end)'
        ) }} as {{ name }}_low,
        {{ not_below(
            'percentile_cont(0.975) within group (order by case when replicate > 0 then ' ~ name ~ ' end)',
            'max(case when replicate = 0 then ' ~ name ~ ' end)'
        ) }} as {{ name }}_high,
        {% endfor -%}
        max(own_error_share) as own_error_share
    from (
        select
            key_number, replicate, own_error_share,
            clipped_negative / clipped_total as negative,
            clipped_neutral / clipped_total as neutral,
            clipped_positive / clipped_total as positive,
            (clipped_positive - clipped_negative) / clipped_total as net
        from (
            select
                *, clipped_negative + clipped_neutral + clipped_positive as clipped_total
            from (
                select
                    key_number, replicate,
                    {% for truth, label in labels -%}
                    greatest(cast(sum(cast(round(
                        (inv_{{ truth }}_neg * q_negative + inv_{{ truth }}_neu * q_neutral + inv_{{ truth }}_pos * q_positive) * n * 1e9
                    ) as bigint)) as double), 0) as clipped_{{ label }},
                    {% endfor -%}
                    cast(sum(case when has_own_error then n else 0 end) as double) / sum(n) as own_error_share
                from (
                    select
                        *, 1 - q_negative - q_positive as q_neutral
                    from (
                        select
                            counts.*, error.* exclude (model_version, stratum),
                            case
                                when error.replicate = 0 then cast(counts.negative as double) / counts.n
                                else counts.g_negative + counts.sd_negative * error.z1
                            end as q_negative,
                            case
                                when error.replicate = 0 then cast(counts.positive as double) / counts.n
                                else counts.g_positive - counts.slope * error.z1 + counts.sd_positive * error.z2
                            end as q_positive
                        from (
                            select
                                *,
                                sqrt(greatest(g_positive * (1 - g_positive) / (n + 3) - power(slope, 2), 0)) as sd_positive
                            from (
                                select
                                    *,
                                    g_negative * g_positive / ((n + 3) * sd_negative) as slope
                                from (
                                    select
                                        *,
                                        sqrt(g_negative * (1 - g_negative) / (n + 3)) as sd_negative
                                    from (
                                        select
                                            *,
                                            cast(negative + 1 as double) / (n + 3) as g_negative,
                                            cast(positive + 1 as double) / (n + 3) as g_positive
                                        from numbered
                                    ) as smoothed
                                ) as deviating
                            ) as sloping
                        ) as counts
                        inner join {{ ref('int_sentiment_error') }} as error
                            on counts.model_version = error.model_version and counts.known_stratum = error.stratum
                    ) as resampled
                ) as normalised
                group by key_number, replicate
            ) as summed
        ) as totalled
        where clipped_total > 0
    ) as shares
    group by key_number

),

keys as (

    select distinct {{ key_list }}, key_number from numbered

)

select keys.* exclude (key_number), summarised.* exclude (key_number)
from keys
inner join summarised on keys.key_number = summarised.key_number
{% endmacro %}
