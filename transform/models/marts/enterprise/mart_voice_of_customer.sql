{#
  What customers say in public, in surveys and to support, side by side by week, segment and topic,
  joined without any identity. 'all' is the total over segments or topics. Public posts have no segment:
  their columns are filled for segment 'all' only and NULL elsewhere, as are survey columns of a topic
  that nobody named. Answers and cases without a date belong to no week and are left out. Cells of fewer
  than minimum_cell_size people are suppressed, not shown, and so are those from which they could be told by
  subtraction.
#}

with cases as (

    select * from {{ ref('int_support_cases_enriched') }}
    where week_start_date is not null

),

responses as (

    select * from {{ ref('int_nps_responses_enriched') }}
    where week_start_date is not null

),

nps_by_topic as (

    select response_key, person_key, segment, week_start_date, score, 'all' as topic
    from responses

    union all

    select
        responses.response_key, responses.person_key, responses.segment, responses.week_start_date,
        responses.score, named.topic
    from responses
    cross join lateral unnest(responses.topics) as named (topic)

),

nps_by_segment as (

    select response_key, person_key, segment, week_start_date, score, topic from nps_by_topic
    union all
    select response_key, person_key, 'all' as segment, week_start_date, score, topic from nps_by_topic

),

nps as (

    select
        week_start_date,
        segment,
        topic,
        cast(count(*) as bigint) as responses,
        cast(count(distinct person_key) as bigint) as people,
        cast(count(case when score >= 9 then 1 end) as bigint) as promoters,
        cast(count(case when score <= 6 then 1 end) as bigint) as detractors
    from nps_by_segment
    group by week_start_date, segment, topic

),

nps_hidden as (

    {{ hidden_cells('nps', topics_add_up=false) }}

),

invited_by_segment as (

    select week_start_date, segment, invitations from {{ ref('int_survey_invitations') }}
    union all
    select week_start_date, 'all' as segment, invitations from {{ ref('int_survey_invitations') }}

),

invited as (

    select
        week_start_date,
        segment,
        'all' as topic,
        cast(sum(invitations) as bigint) as invitations
    from invited_by_segment
    group by week_start_date, segment

),

cases_by_topic as (

    select person_key, segment, week_start_date, csat_score, first_response_seconds, 'all' as topic
    from cases

    union all

    select person_key, segment, week_start_date, csat_score, first_response_seconds, topic
    from cases
    where topic is not null and topic <> 'all'

),

cases_by_segment as (

    select person_key, segment, week_start_date, csat_score, first_response_seconds, topic from cases_by_topic
    union all
    select person_key, 'all' as segment, week_start_date, csat_score, first_response_seconds, topic from cases_by_topic

),

care as (

    select
        week_start_date,
        segment,
        topic,
        cast(count(*) as bigint) as cases,
        cast(count(distinct person_key) as bigint) as people,
        cast(count(csat_score) as bigint) as csat_answers,
        cast(count(case when csat_score >= 4 then 1 end) as bigint) as csat_satisfied,
        percentile_cont(0.5) within group (order by first_response_seconds) / 3600.0 as median_first_response_hours
    from cases_by_segment
    group by week_start_date, segment, topic

),

care_hidden as (

    {{ hidden_cells('care', topics_add_up=true) }}

),

sales as (

    select closed_week_start_date as week_start_date, segment, is_won, amount_cents
    from {{ ref('int_opportunities_enriched') }}
    where is_closed and closed_week_start_date is not null

),

sales_by_segment as (

    select week_start_date, segment, is_won, amount_cents from sales
    union all
    select week_start_date, 'all' as segment, is_won, amount_cents from sales

),

revenue as (

    select
        week_start_date,
        segment,
        'all' as topic,
        cast(count(*) as bigint) as closed_opportunities,
        cast(count(case when is_won then 1 end) as bigint) as won_opportunities,
        cast(coalesce(sum(case when is_won then amount_cents end), 0) as bigint) as won_cents
    from sales_by_segment
    group by week_start_date, segment

),

own_mentions as (

    select mentions.mention_key, mentions.mention_date, mentions.sentiment_label
    from {{ ref('fct_mention_sentiment') }} as mentions
    inner join {{ ref('dim_brands') }} as brands on mentions.entity_id = brands.brand_id
    where brands.is_own_brand and mentions.is_counted

),

mentions_by_topic as (

    select mention_date, sentiment_label, 'all' as topic from own_mentions

    union all

    select own_mentions.mention_date, own_mentions.sentiment_label, topics.topic
    from own_mentions
    inner join {{ ref('fct_mention_topics') }} as topics on own_mentions.mention_key = topics.mention_key

),

social as (

    select
        {{ week_start('mention_date') }} as week_start_date,
        'all' as segment,
        topic,
        cast(count(*) as bigint) as mentions,
        cast(count(case when sentiment_label = 'positive' then 1 end) as bigint) as positive,
        cast(count(case when sentiment_label = 'neutral' then 1 end) as bigint) as neutral,
        cast(count(case when sentiment_label = 'negative' then 1 end) as bigint) as negative
    from mentions_by_topic
    group by {{ week_start('mention_date') }}, topic

),

cells as (

    select week_start_date, segment, topic from nps
    union
    select week_start_date, segment, topic from care
    union
    select week_start_date, segment, topic from invited
    union
    select week_start_date, segment, topic from revenue
    union
    select week_start_date, segment, topic from social

),

joined as (

    select
        cells.week_start_date,
        cells.segment,
        cells.topic,
        social.mentions as social_mentions,
        {{ net_sentiment('social.positive', 'social.negative', 'social.neutral') }} as social_net_sentiment,
        invited.invitations,
        nps_hidden.is_hidden as is_nps_suppressed,
        nps.responses,
        nps.promoters,
        nps.detractors,
        care_hidden.is_hidden as is_care_suppressed,
        care.cases,
        care.csat_answers,
        care.csat_satisfied,
        care.median_first_response_hours,
        revenue.closed_opportunities,
        revenue.won_opportunities,
        revenue.won_cents
    from cells
    {% for part in ['nps', 'nps_hidden', 'invited', 'care', 'care_hidden', 'revenue', 'social'] -%}
    left join {{ part }}
        on cells.week_start_date = {{ part }}.week_start_date
        and cells.segment = {{ part }}.segment
        and cells.topic = {{ part }}.topic
    {% endfor %}
)

select
    week_start_date,
    segment,
    topic,
    social_mentions,
    social_net_sentiment,
    case when not is_nps_suppressed then responses end as nps_responses,
    case when not is_nps_suppressed then promoters end as nps_promoters,
    case when not is_nps_suppressed then detractors end as nps_detractors,
    case when not is_nps_suppressed then {{ nps('promoters', 'detractors', 'responses') }} end as nps,
    case when not is_nps_suppressed then {{ nps_standard_error('promoters', 'detractors', 'responses') }} end as nps_standard_error,
    invitations as nps_invitations,
    case when not is_nps_suppressed then {{ ratio('responses', 'invitations') }} end as nps_response_rate,
    coalesce(is_nps_suppressed, false) as is_nps_suppressed,
    case when not is_care_suppressed then cases end as support_cases,
    case when not is_care_suppressed then csat_answers end as csat_answers,
    case when not is_care_suppressed then {{ csat('csat_satisfied', 'csat_answers') }} end as csat,
    case when not is_care_suppressed then median_first_response_hours end as median_first_response_hours,
    coalesce(is_care_suppressed, false) as is_care_suppressed,
    closed_opportunities,
    won_opportunities,
    cast(won_cents as double) / 100 as won_revenue,
    'voice_of_customer.v2' as metric_version
from joined
