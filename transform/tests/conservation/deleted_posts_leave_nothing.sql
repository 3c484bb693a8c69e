{# What its source deleted is in no table that carries a post's text, counts or mentions. #}
{{ config(meta={'dagster': {'ref': {'name': 'fct_engagement_snapshots'}}}) }}

with deleted as (

    select distinct post_key from {{ ref('int_posts_unioned') }}
    where is_deleted

)

{% for model in ['fct_posts', 'fct_engagement_snapshots', 'fct_mentions', 'int_posts_tokenised', 'int_post_clusters', 'int_post_sentiment', 'int_mention_sentiment', 'int_post_topics'] -%}
select '{{ model }}' as table_name, post_key
from {{ ref(model) }}
where post_key in (select deleted.post_key from deleted)
{{ 'union all' if not loop.last }}
{% endfor %}
