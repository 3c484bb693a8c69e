{#
  Posts of owned accounts at equal ages: for each age the observation nearest to it, within a quarter of the
  age, and the latest one at whatever age. Public counts come from the posts' own observations, the rest from
  what the platform told the owner; of a figure that both give, the owner's counts. Loads are few and posts
  are few, so the whole is made anew in each run.
#}

{%- set owner_atoms = ['like_count', 'comment_count', 'share_count', 'save_count', 'click_count', 'view_count', 'impression_count', 'reach_count'] %}
{%- set atoms = defined_atoms() %}

with posts as (

    select
        posts.post_key,
        posts.post_date,
        posts.posted_at,
        posts.platform,
        posts.author_key,
        posts.author_followers,
        owned.entity_id
    from {{ ref('fct_posts') }} as posts
    inner join {{ ref('int_owned_accounts') }} as owned on posts.author_key = owned.author_key
    where posts.post_type <> 'reshare'

),

ages as (

    {% for age, seconds in [('1h', 3600), ('6h', 21600), ('24h', 86400), ('7d', 604800), ('28d', 2419200)] -%}
    select '{{ age }}' as age_bucket, {{ seconds }} as age_seconds
    union all
    {% endfor -%}
    select 'latest' as age_bucket, cast(null as bigint) as age_seconds

),

insights as (

    {% for model in ['stg_demo__post_insights', 'stg_files__post_insights', 'stg_networks__post_insights'] -%}
    select source_name || ':' || native_post_id as post_key, * from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

observations as (

    select
        'public' as told_by,
        post_key,
        observed_at,
        cast(observed_at as varchar) as observation_id,
        cast(null as varchar) as unavailable_reason,
        {% for atom in atoms %}{{ atom if atom != 'reach_count' else 'cast(null as bigint) as reach_count' }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('fct_engagement_snapshots') }}

    union all

    select
        'owner' as told_by,
        post_key,
        observed_at,
        observation_id,
        unavailable_reason,
        {% for atom in atoms %}{{ atom if atom in owner_atoms else 'cast(null as bigint) as ' ~ atom }}{{ ',' if not loop.last }}
        {% endfor %}
    from insights

),

aged as (

    select
        posts.entity_id,
        posts.author_key,
        posts.platform,
        posts.post_date,
        posts.posted_at,
        posts.author_followers,
        observations.*,
        greatest({{ seconds_between('posts.posted_at', 'observations.observed_at') }}, 0) as age_seconds
    from posts
    inner join observations on posts.post_key = observations.post_key

),

-- A platform that did not answer at the moment is looked at as it answered at another one, if it did.
placed as (

    select
        aged.*,
        ages.age_bucket,
        row_number() over (
            partition by aged.post_key, aged.told_by, ages.age_bucket
            order by
                abs(aged.age_seconds - coalesce(ages.age_seconds, 1000000000000)),
                case when aged.unavailable_reason is null then 0 else 1 end,
                aged.observation_id desc
        ) as place
    from aged
    cross join ages
    where ages.age_seconds is null or abs(aged.age_seconds - ages.age_seconds) * 4 <= ages.age_seconds

),

merged as (

    select
        post_key,
        age_bucket,
        min(entity_id) as entity_id,
        min(author_key) as author_key,
        min(platform) as platform,
        min(post_date) as post_date,
        min(posted_at) as posted_at,
        max(author_followers) as author_followers,
        max(observed_at) as observed_at,
        max(age_seconds) as age_seconds,
        max(case when told_by = 'owner' then 1 else 0 end) = 1 as has_insights,
        max(unavailable_reason) as unavailable_reason,
        {% for atom in atoms -%}
        coalesce(max(case when told_by = 'owner' then {{ atom }} end), max(case when told_by = 'public' then {{ atom }} end)) as {{ atom }}{{ ',' if not loop.last }}
        {% endfor %}
    from placed
    where place = 1
    group by post_key, age_bucket

)

select * from merged
