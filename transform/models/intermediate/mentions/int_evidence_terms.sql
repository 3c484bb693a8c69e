{#
  The terms that weighed most on the sentiment of the posts that readers of a scorecard look at: of each own
  brand the most engaged counted posts of its current period. All other posts: `listenhouse explain`.
#}
{%- set labels = ['negative', 'neutral', 'positive'] %}
{%- set most = 200 %}

with periods as (

    select distinct scope_id, period_start_date, period_end_date from {{ ref('mart_exec_scorecard') }}
    where scope_id <> 'company'

),

ranked as (

    select
        mentions.post_key,
        row_number() over (
            partition by mentions.entity_id order by coalesce(mentions.engagement_total, -1) desc, mentions.post_key
        ) as place
    from {{ ref('fct_mention_sentiment') }} as mentions
    inner join periods
        on mentions.entity_id = periods.scope_id
        and mentions.mention_date between periods.period_start_date and periods.period_end_date
    where mentions.is_counted and mentions.sentiment_label <> 'unscored'

),

chosen as (

    select distinct post_key from ranked
    where place <= {{ most }}

),

posts as (

    select posts.post_key, posts.language, posts.tokens
    from {{ ref('int_posts_tokenised') }} as posts
    inner join chosen on posts.post_key = chosen.post_key

),

weights as (

    select weights.language, weights.label, weights.term, weights.weight_nano
    from {{ ref('stg_ml__model_weights') }} as weights
    inner join {{ ref('stg_ml__model_registry') }} as registry
        on weights.model_name = registry.model_name and weights.model_version = registry.model_version
    where registry.model_name = 'sentiment' and registry.is_current

),

effects as (

    {{ term_effects('posts', ['post_key'], 'tokens', 'weights', labels) }}

),

labelled as (

    select effects.*, sentiment.sentiment_label as label
    from effects
    inner join {{ ref('int_post_sentiment') }} as sentiment on effects.post_key = sentiment.post_key

)

{{ top_terms('labelled', ['post_key'], labels) }}
