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
  a thousandth, whole numbers: the sum does not depend on their order.

  counts: relation with `keys`, stratum, model_version and bigint negative, neutral, positive; a row a stratum.
  Returns keys, negative/neutral/positive share with _low and _high, net_sentiment likewise, and own_error_share, the
  share of the posts whose stratum has an error of its own: the others are corrected by that of all strata together.
#}
{% macro corrected_shares(counts, keys) %}
{%- set key_list = keys | join(', ') -%}
{%- set labels = [('neg', 'negative'), ('neu', 'neutral'), ('pos', 'positive')] -%}
select
    {{ key_list }},
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
        {{ key_list }}, replicate, own_error_share,
        clipped_negative / clipped_total as negative,
        clipped_neutral / clipped_total as neutral,
        clipped_positive / clipped_total as positive,
        (clipped_positive - clipped_negative) / clipped_total as net
    from (
        select
            *, clipped_negative + clipped_neutral + clipped_positive as clipped_total
        from (
            select
                {{ key_list }}, replicate,
                {% for truth, label in labels -%}
                greatest(cast(sum(cast(round(
                    (inv_{{ truth }}_neg * q_negative + inv_{{ truth }}_neu * q_neutral + inv_{{ truth }}_pos * q_positive) * n / total * 1e12
                ) as bigint)) as double), 0) as clipped_{{ label }},
                {% endfor -%}
                cast(sum(case when has_own_error then n else 0 end) as double) / max(total) as own_error_share
            from (
                select
                    *, 1 - q_negative - q_positive as q_neutral
                from (
                    select
                        *,
                        case
                            when replicate = 0 then cast(negative as double) / n
                            else g_negative + sd_negative * z1
                        end as q_negative,
                        case
                            when replicate = 0 then cast(positive as double) / n
                            else
                                g_positive
                                - g_negative * g_positive / ((n + 3) * sd_negative) * z1
                                + sqrt(greatest(
                                    g_positive * (1 - g_positive) / (n + 3)
                                    - power(g_negative * g_positive / ((n + 3) * sd_negative), 2), 0)) * z2
                        end as q_positive
                    from (
                        select
                            counts.*, error.* exclude (model_version, stratum),
                            sqrt(counts.g_negative * (1 - counts.g_negative) / (counts.n + 3)) as sd_negative
                        from (
                            select
                                {{ key_list }}, model_version, known_stratum, has_own_error, negative, positive,
                                negative + neutral + positive as n,
                                cast(sum(negative + neutral + positive) over (partition by {{ key_list }}) as double) as total,
                                cast(negative + 1 as double) / (negative + neutral + positive + 3) as g_negative,
                                cast(positive + 1 as double) / (negative + neutral + positive + 3) as g_positive
                            from ({{ known_strata(counts) }}) as known_counts
                            where negative + neutral + positive > 0
                        ) as counts
                        inner join {{ ref('int_sentiment_error') }} as error
                            on counts.model_version = error.model_version and counts.known_stratum = error.stratum
                    ) as joined
                ) as resampled
            ) as normalised
            group by {{ key_list }}, replicate
        ) as summed
    ) as totalled
    where clipped_total > 0
) as shares
group by {{ key_list }}
{% endmacro %}
