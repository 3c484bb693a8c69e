{#
  Class shares corrected for the classifier's own error, with a 95% interval.

  The raw share q of predicted classes is C p, C being P(predicted | true) measured on held-out labels;
  the corrected share is p = C^-1 q, clipped to the simplex (adjusted count: Gart and Buck 1966; Hopkins
  and King 2010). The interval comes from 200 replicates: each has its own C from resampled labels and
  resamples the posts by the normal approximation of the multinomial with its stored draws z1 and z2.
  The posts are resampled around (k + 1) / (n + 3), one post added to each class: around k / n, one post
  that is positive would be 100% positive with no doubt at all. The interval always holds the estimate.

  counts: relation with `keys`, model_version and bigint negative, neutral, positive.
  Returns keys, negative/neutral/positive share with _low and _high, and net_sentiment likewise.
#}
{% macro corrected_shares(counts, keys) %}
{%- set key_list = keys | join(', ') -%}
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
    ) }} as {{ name }}_high{{ ',' if not loop.last }}
    {% endfor %}
from (
    select
        {{ key_list }}, replicate,
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
                greatest(inv_neg_neg * q_negative + inv_neg_neu * q_neutral + inv_neg_pos * q_positive, 0) as clipped_negative,
                greatest(inv_neu_neg * q_negative + inv_neu_neu * q_neutral + inv_neu_pos * q_positive, 0) as clipped_neutral,
                greatest(inv_pos_neg * q_negative + inv_pos_neu * q_neutral + inv_pos_pos * q_positive, 0) as clipped_positive
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
                            counts.*, error.* exclude (model_version),
                            sqrt(counts.g_negative * (1 - counts.g_negative) / (counts.n + 3)) as sd_negative
                        from (
                            select
                                {{ key_list }}, model_version, negative, positive, negative + neutral + positive as n,
                                cast(negative + 1 as double) / (negative + neutral + positive + 3) as g_negative,
                                cast(positive + 1 as double) / (negative + neutral + positive + 3) as g_positive
                            from {{ counts }}
                            where negative + neutral + positive > 0
                        ) as counts
                        inner join {{ ref('int_sentiment_error') }} as error
                            on counts.model_version = error.model_version
                    ) as joined
                ) as resampled
            ) as normalised
        ) as solved
    ) as totalled
    where clipped_total > 0
) as shares
group by {{ key_list }}
{% endmacro %}
