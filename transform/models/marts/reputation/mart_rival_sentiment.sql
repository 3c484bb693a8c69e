{#
  Our sentiment beside that of the listening suites whose exports landed: how often both say the same of the same
  posts, and how often they would by chance. Only posts count that both judged: a suite's `mixed` has no counterpart
  here, and is counted apart. A disagreement says that one of the two is wrong, not which.
#}

with labels as (

    select
        suite,
        source_name || ':' || native_post_id as post_key,
        rival_label
    from {{ ref('int_rival_labels') }}
    where rival_label is not null

),

compared as (

    select
        labels.suite,
        posts.platform,
        labels.rival_label,
        scores.sentiment_label as own_label,
        scores.sentiment_label is not null and labels.rival_label <> 'mixed' as is_compared
    from labels
    inner join {{ ref('fct_posts') }} as posts on labels.post_key = posts.post_key
    left join {{ ref('int_post_sentiment') }} as scores on labels.post_key = scores.post_key

),

counts as (

    select
        suite,
        platform,
        cast(count(*) as bigint) as labelled_posts,
        cast(count(case when rival_label = 'mixed' then 1 end) as bigint) as mixed_posts,
        cast(count(case when is_compared then 1 end) as bigint) as compared_posts,
        cast(count(case when is_compared and own_label = rival_label then 1 end) as bigint) as agreements,
        {% for label in ['positive', 'neutral', 'negative'] -%}
        cast(count(case when is_compared and own_label = '{{ label }}' then 1 end) as bigint) as own_{{ label }},
        cast(count(case when is_compared and rival_label = '{{ label }}' then 1 end) as bigint) as rival_{{ label }},
        {% endfor -%}
        cast(count(case
            when is_compared and own_label <> rival_label and 'neutral' not in (own_label, rival_label) then 1
        end) as bigint) as opposites
    from compared
    group by suite, platform

),

chances as (

    select
        *,
        {{ ratio('agreements', 'compared_posts') }} as agreement,
        {{ ratio(
            'own_positive * rival_positive + own_neutral * rival_neutral + own_negative * rival_negative',
            'compared_posts * compared_posts'
        ) }} as chance_agreement
    from counts

)

select
    suite,
    platform,
    labelled_posts,
    mixed_posts,
    compared_posts,
    agreements,
    opposites,
    own_positive,
    own_neutral,
    own_negative,
    rival_positive,
    rival_neutral,
    rival_negative,
    round(agreement, 6) as agreement,
    round(chance_agreement, 6) as chance_agreement,
    round({{ ratio('agreement - chance_agreement', '1.0 - chance_agreement') }}, 6) as kappa,
    round({{ ratio('own_positive - own_negative', 'compared_posts') }}, 6) as own_net_sentiment,
    round({{ ratio('rival_positive - rival_negative', 'compared_posts') }}, 6) as rival_net_sentiment,
    'rival_sentiment.v1' as metric_version
from chances
