{#
  The last step of the road: everything that was open when it began is done. A run that dies before
  this point leaves its work open, and the next one does the same days again.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_closed'
) }}

{#- Every model that re-emits open days, so that none can be skipped before the work is closed. #}
-- depends_on: {{ ref('mart_mentions_daily') }}
-- depends_on: {{ ref('mart_share_of_voice_daily') }}
-- depends_on: {{ ref('mart_sentiment_daily') }}
-- depends_on: {{ ref('mart_topics_daily') }}
-- depends_on: {{ ref('fct_engagement_snapshots') }}

select work_kind, work_value from {{ ref('int_open_work') }}
