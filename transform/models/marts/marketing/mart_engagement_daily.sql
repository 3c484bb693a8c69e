{#
  Engagement of what owned accounts published on a day, as last observed. Each version of the definition that
  holds on the day has a row of its own, so that two versions run side by side over their overlap; rows of
  versions are never summed. A pooled ratio is the sum over posts above over the sum below; the mean of posts
  counts each post once.
#}

with posts as (

    select * from {{ ref('int_owned_post_snapshots') }}
    where age_bucket = 'latest'

),

definitions as (

    {{ definitions_of('engagement', 'posts') }}

),

audiences as (

    select account_key, measured_on, max(follower_count) as follower_count
    from {{ ref('int_account_metrics_latest') }}
    group by account_key, measured_on

),

measured as (

    select
        posts.*,
        definitions.metric_version,
        definitions.break_date,
        coalesce(audiences.follower_count, posts.author_followers) as followers,
        {{ sum_of_atoms('definitions.atoms', 'posts.') }} as engagement_total
    from posts
    inner join definitions on {{ definition_holds('definitions', 'posts.platform', 'posts.post_date') }}
    left join audiences on posts.author_key = audiences.account_key and posts.post_date = audiences.measured_on

),

-- Parts of a millionth, so that sums do not depend on the order in which they are made.
rated as (

    select
        *,
        cast(round({{ ratio('engagement_total', 'followers') }} * 1000000000) as bigint) as er_followers_nano,
        cast(round({{ ratio('engagement_total', 'reach_count') }} * 1000000000) as bigint) as er_reach_nano,
        cast(round({{ ratio('engagement_total', 'impression_count') }} * 1000000000) as bigint) as er_impressions_nano
    from measured

),

daily as (

    select
        entity_id,
        author_key,
        platform,
        post_date,
        metric_version,
        min(break_date) as break_date,
        max(followers) as followers,
        cast(count(*) as bigint) as posts,
        cast(count(engagement_total) as bigint) as posts_with_engagement,
        cast(sum(engagement_total) as bigint) as engagement,
        {% for atom in defined_atoms() -%}
        cast(sum({{ atom }}) as bigint) as {{ atom }},
        cast(count({{ atom }}) as bigint) as {{ atom }}_posts,
        {% endfor -%}
        {% for base in ['followers', 'reach_count', 'impression_count'] -%}
        {%- set name = base | replace('_count', '') | replace('impression', 'impressions') -%}
        cast(sum(case when engagement_total is not null and {{ base }} > 0 then engagement_total end) as bigint) as {{ name }}_above,
        cast(sum(case when engagement_total is not null and {{ base }} > 0 then {{ base }} end) as bigint) as {{ name }}_below,
        cast(sum(er_{{ name }}_nano) as bigint) as {{ name }}_nano,
        cast(count(er_{{ name }}_nano) as bigint) as {{ name }}_posts{{ ',' if not loop.last }}
        {% endfor %}
    from rated
    group by entity_id, author_key, platform, post_date, metric_version

)

select
    entity_id,
    author_key,
    platform,
    post_date,
    metric_version,
    posts,
    posts_with_engagement,
    followers,
    engagement,
    {% for atom in defined_atoms() %}{{ atom }},
    {% endfor -%}
    {% for name in ['followers', 'reach', 'impressions'] -%}
    {{ ratio(name ~ '_above', name ~ '_below') }} as er_{{ name }},
    {{ ratio(name ~ '_nano / 1000000000.0', name ~ '_posts') }} as er_{{ name }}_mean_of_posts,
    {% endfor -%}
    {{ ratio('engagement', 'followers') }} as er_daily,
    {{ ratio('like_count', 'like_count_posts') }} as applause,
    {{ ratio('comment_count', 'comment_count_posts') }} as conversation,
    {{ ratio('coalesce(share_count, 0) + coalesce(quote_count, 0)', 'share_count_posts') }} as amplification,
    {{ ratio('posts_with_engagement', 'posts') }} as coverage,
    break_date is not null and post_date = break_date as is_series_break,
    break_date
from daily
