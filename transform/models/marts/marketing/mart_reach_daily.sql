{#
  How many people a day reached, in three layers that are never summed: `observed` is what platforms tell the
  owners of accounts; `estimated` is a named part of the authors' followers, with its low and high; `potential`
  is all of their followers, and since audiences overlap at least the largest single one. Nobody is counted
  twice within an author, and followers, fans and members stay apart.
#}

with mentions as (

    select * from {{ ref('fct_mentions') }}
    where is_counted

),

authors as (

    select
        entity_id,
        platform,
        mention_date,
        coalesce(author_key, post_key) as author_key,
        max(author_followers) as followers
    from mentions
    group by entity_id, platform, mention_date, coalesce(author_key, post_key)

),

audiences as (

    select
        entity_id,
        platform,
        mention_date,
        cast(sum(followers) as bigint) as followers_sum,
        max(followers) as followers_max,
        cast(count(*) as bigint) as authors,
        cast(count(followers) as bigint) as authors_with_followers
    from authors
    group by entity_id, platform, mention_date

),

coefficients as (

    select * from {{ ref('reach_coefficients') }}

),

observed as (

    select
        owned.entity_id,
        metrics.platform,
        metrics.measured_on,
        metrics.audience_kind,
        cast(sum(metrics.reach_count) as bigint) as reach_sum,
        max(metrics.reach_count) as reach_max,
        cast(count(*) as bigint) as accounts,
        cast(count(metrics.reach_count) as bigint) as accounts_with_reach,
        max(metrics.unavailable_reason) as unavailable_reason
    from {{ ref('int_account_metrics_latest') }} as metrics
    inner join {{ ref('int_owned_accounts') }} as owned on metrics.account_key = owned.author_key
    group by owned.entity_id, metrics.platform, metrics.measured_on, metrics.audience_kind

)

select
    entity_id,
    platform,
    measured_on as reach_date,
    'observed' as reach_layer,
    audience_kind,
    reach_sum as reach,
    reach_max as reach_low,
    reach_sum as reach_high,
    cast(null as varchar) as coefficient_set,
    case
        when reach_sum is not null then 'observed'
        else coalesce(unavailable_reason, 'not_provided')
    end as availability,
    accounts as audiences,
    {{ ratio('accounts_with_reach', 'accounts') }} as coverage,
    'reach_observed.v1' as metric_version
from observed

union all

select
    audiences.entity_id,
    audiences.platform,
    audiences.mention_date,
    'estimated',
    'followers',
    cast(round(audiences.followers_sum * coefficients.reached_mid) as bigint),
    cast(round(audiences.followers_max * coefficients.reached_low) as bigint),
    cast(round(audiences.followers_sum * coefficients.reached_high) as bigint),
    coefficients.coefficient_set,
    case when audiences.followers_sum is not null then 'observed' else 'not_provided' end,
    audiences.authors,
    {{ ratio('audiences.authors_with_followers', 'audiences.authors') }},
    'reach_estimated.v1'
from audiences
inner join coefficients on audiences.platform = coefficients.platform

union all

select
    entity_id,
    platform,
    mention_date,
    'potential',
    'followers',
    followers_sum,
    followers_max,
    followers_sum,
    cast(null as varchar),
    case when followers_sum is not null then 'observed' else 'not_provided' end,
    authors,
    {{ ratio('authors_with_followers', 'authors') }},
    'reach_potential.v1'
from audiences
