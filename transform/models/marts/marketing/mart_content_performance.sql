{#
  Posts of owned accounts at equal ages. `virality_ratio` is a post's engagement over the median of the posts
  that its account published in the 90 days before, all at the same age: what was known when it was published,
  so that a later post changes no earlier one. Fewer than five such posts are no baseline.

  Why a figure is missing: what the platform said at that observation; else what is known of the platform
  (platform_atoms); else, of what only owners are told, that nobody gave permission.
#}

{%- set shown_atoms = ['like_count', 'comment_count', 'share_count', 'quote_count', 'save_count', 'view_count', 'click_count', 'impression_count', 'reach_count'] %}
{%- set private_atoms = ['click_count', 'impression_count', 'reach_count'] %}

with snapshots as (

    select * from {{ ref('int_owned_post_snapshots') }}

),

definitions as (

    {{ definitions_of('engagement', 'snapshots') }}

),

-- Of versions that overlap the newest counts here; both series stand in mart_engagement_daily.
newest as (

    select
        snapshots.post_key,
        max(definitions.valid_from) as valid_from
    from snapshots
    inner join definitions on {{ definition_holds('definitions', 'snapshots.platform', 'snapshots.post_date') }}
    group by snapshots.post_key

),

measured as (

    select
        snapshots.*,
        definitions.metric_version,
        {{ sum_of_atoms('definitions.atoms', 'snapshots.') }} as engagement_total
    from snapshots
    inner join newest on snapshots.post_key = newest.post_key
    inner join definitions
        on newest.valid_from = definitions.valid_from
        and {{ definition_holds('definitions', 'snapshots.platform', 'snapshots.post_date') }}

),

baselines as (

    select
        posts.post_key,
        posts.age_bucket,
        percentile_cont(0.5) within group (order by earlier.engagement_total) as baseline_engagement,
        cast(count(*) as bigint) as baseline_posts
    from measured as posts
    inner join measured as earlier
        on posts.author_key = earlier.author_key
        and posts.age_bucket = earlier.age_bucket
        and earlier.posted_at < posts.posted_at
        and earlier.post_date >= posts.post_date - 90
    where earlier.engagement_total is not null and posts.age_bucket <> 'latest'
    group by posts.post_key, posts.age_bucket
    having count(*) >= 5

),

audiences as (

    select account_key, measured_on, max(follower_count) as follower_count
    from {{ ref('int_account_metrics_latest') }}
    group by account_key, measured_on

),

atoms as (

    select * from {{ ref('platform_atoms') }}

),

gaps as (

    select
        snapshots.post_key,
        {% for atom in shown_atoms -%}
        max(case when atoms.atom = '{{ atom }}' then atoms.availability end) as {{ atom }}{{ ',' if not loop.last }}
        {% endfor %}
    from snapshots
    inner join atoms
        on snapshots.platform = atoms.platform
        and atoms.valid_from <= snapshots.post_date
        and (atoms.valid_to is null or snapshots.post_date <= atoms.valid_to)
    group by snapshots.post_key

),

joined as (

    select
        measured.*,
        coalesce(audiences.follower_count, measured.author_followers) as followers,
        baselines.baseline_engagement,
        baselines.baseline_posts
    from measured
    left join baselines
        on measured.post_key = baselines.post_key and measured.age_bucket = baselines.age_bucket
    left join audiences
        on measured.author_key = audiences.account_key and measured.post_date = audiences.measured_on

)

select
    joined.post_key,
    joined.age_bucket,
    joined.entity_id,
    joined.author_key,
    joined.platform,
    joined.post_date,
    joined.observed_at,
    joined.age_seconds,
    joined.followers,
    {% for atom in shown_atoms %}joined.{{ atom }},
    {% endfor -%}
    {% for atom in shown_atoms -%}
    case
        when joined.{{ atom }} is not null then 'observed'
        when gaps.{{ atom }} is not null then gaps.{{ atom }}
        when joined.unavailable_reason is not null then joined.unavailable_reason
        {% if atom in private_atoms -%}
        when not joined.has_insights then 'no_permission'
        {% endif -%}
        else 'not_provided'
    end as {{ atom | replace('_count', '') }}_availability,
    {% endfor -%}
    joined.engagement_total,
    {{ ratio('joined.engagement_total', 'joined.followers') }} as er_followers,
    {{ ratio('joined.engagement_total', 'joined.reach_count') }} as er_reach,
    {{ ratio('joined.engagement_total', 'joined.impression_count') }} as er_impressions,
    joined.baseline_engagement,
    joined.baseline_posts,
    {{ ratio('joined.engagement_total', 'joined.baseline_engagement') }} as virality_ratio,
    joined.metric_version
from joined
left join gaps on joined.post_key = gaps.post_key
