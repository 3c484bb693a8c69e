-- Marts of a small made-up world with the columns that the project's marts have: sixty days, eight counted
-- mentions a day and brand (sixteen for the first one), a spike of the first brand on 20 August.
create schema if not exists listening;
create or replace table listening.settings as select true as is_synthetic;

create or replace table marts.dim_brands as
select brand_id, brand_name, is_own as is_own_brand, 'q1' as query_version from given_brands;

create or replace table marts.dim_entities as
select brand_id as entity_id, brand_name as entity_name, if(is_own, 'brand', 'rival') as entity_kind,
    cast(null as varchar) as parent_entity_id, 'q1' as query_version
from given_brands
union all
select 'mug', 'Mug', 'product', (select brand_id from given_brands where rank = 1), 'q1'
union all
select 'push', 'Push <i>week</i>', 'campaign', null, 'q1';

create or replace table marts.dim_dates as
select cast(unnest(generate_series(date '2026-07-02', date '2026-08-30', interval '1 day')) as date) as date_day;

create or replace table marts.fct_posts as
with usual as (
    select
        brand_id, rank, date_day,
        date_day::timestamp + to_minutes(cast(8 * 60 + number * 30 as integer)) as posted,
        brand_id || '-' || date_day || '-' || number as native_post_id,
        number, 'morning coffee with friends' as text
    from given_brands cross join marts.dim_dates cross join range(if(rank = 1, 16, 8)) as numbers (number)
), spike as (
    select
        brand_id, rank, date '2026-08-20' as date_day,
        timestamp '2026-08-20 10:00:00' + to_minutes(cast(number * 3 as integer)) as posted,
        'spike-' || number as native_post_id,
        number,
        'overheating smoke @someone https://evil.example/x mail me at jane@evil.example ' || spike_text as text
    from given_brands cross join range(60) as numbers (number) cross join given_spike
    where rank = 1
)
select
    'demo:' || native_post_id as post_key, date_day as post_date,
    cast(posted as timestamp) at time zone 'UTC' as posted_at,
    'demo' as source_name, if(number % 2 = 0, 'x', 'reddit') as platform, native_post_id,
    'original' as post_type, 'author-' || native_post_id as author_key, 'en' as language,
    cast(null as varchar) as title, text, 'https://evil.example/' || native_post_id as url,
    true as is_counted, cast(number as bigint) as engagement_total,
    timestamptz '2026-08-30 20:00:00+00' as engagement_observed_at, brand_id, number
from (select * from usual union all by name select * from spike);

create or replace table marts.fct_mentions as
select
    post_key || '|' || brand_id as mention_key, post_key, brand_id as entity_id, post_date as mention_date,
    posted_at as mentioned_at, platform, author_key, brand_id as matched_terms, is_counted, engagement_total, number
from marts.fct_posts;

create or replace table marts.fct_mention_sentiment as
select
    *, case number % 4 when 0 then 'positive' when 1 then 'negative' when 2 then 'neutral' else 'unscored' end
        as sentiment_label,
    'model-s' as model_version
from marts.fct_mentions;

create or replace table marts.fct_mention_topics as
select mention_key, entity_id, if(number % 2 = 0, 'price', 'app_and_website') as topic, mention_date, is_counted,
    sentiment_label, 'model-t' as model_version
from marts.fct_mention_sentiment;

create or replace table marts.mart_mentions_daily as
select entity_id, mention_date, platform, 'en' as language, count(*) as mentions, 'mentions.v1' as metric_version
from marts.fct_mentions group by all;

create or replace table marts.mart_share_of_voice_daily as
with daily as (
    select entity_id, mention_date, count(*) as mentions from marts.fct_mentions group by all
), shares as (
    select *, sum(mentions) over (partition by mention_date) as panel_mentions from daily
)
select
    'main_panel' as panel_id, 1 as panel_version, 'f' as filter_hash, entity_id, mention_date,
    -- On the gap day no brand was mentioned: no shares.
    if(mention_date = date '2026-08-10', 0, mentions) as mentions,
    if(mention_date = date '2026-08-10', 0, panel_mentions) as panel_mentions,
    if(mention_date = date '2026-08-10', null, mentions / panel_mentions) as sov_mentions,
    if(mention_date = date '2026-08-10', null, mentions / panel_mentions - 0.01) as sov_mentions_low,
    if(mention_date = date '2026-08-10', null, mentions / panel_mentions + 0.01) as sov_mentions_high,
    'share_of_voice.v1' as metric_version
from shares;

create or replace table marts.mart_sentiment_daily as
select
    entity_id, mention_date,
    count(*) filter (where sentiment_label <> 'unscored') as scored_mentions,
    count(*) filter (where sentiment_label = 'positive') as positive,
    count(*) filter (where sentiment_label = 'neutral') as neutral,
    count(*) filter (where sentiment_label = 'negative') as negative,
    count(*) filter (where sentiment_label = 'unscored') as unscored,
    (positive - negative) / scored_mentions as net_sentiment,
    0.05 as net_sentiment_corrected, -0.15 as net_sentiment_corrected_low, 0.25 as net_sentiment_corrected_high,
    0.30 as negative_share, 0.20 as negative_share_low, 0.45 as negative_share_high,
    'model-s' as model_version, 'sentiment.v1' as metric_version
from marts.fct_mention_sentiment
where mention_date <> date '2026-08-11'
group by entity_id, mention_date;

create or replace table marts.mart_topics_daily as
select
    entity_id, topic, mention_date, count(*) as mentions,
    count(*) filter (where sentiment_label = 'positive') as positive,
    count(*) filter (where sentiment_label = 'neutral') as neutral,
    count(*) filter (where sentiment_label = 'negative') as negative,
    'model-t' as model_version, 'topics.v1' as metric_version
from marts.fct_mention_topics group by entity_id, topic, mention_date;

create or replace table marts.mart_volume_anomalies as
select
    entity_id, date_trunc('hour', mentioned_at) as hour_at, count(*) as mentions, count(distinct author_key) as authors,
    1.0 as median_mentions, 0.0 as mad, 7 as weeks_of_history, cast(count(*) - 1 as double) as robust_z,
    'spike' as anomaly_kind, 'robust_z.v1' as metric_version
from marts.fct_mentions where mention_key like 'demo:spike%' group by all;

create or replace table marts.mart_voice_of_customer as
with weeks as (
    select cast(unnest(generate_series(date '2026-07-06', date '2026-08-24', interval '7 days')) as date) as week
)
select
    week as week_start_date, segment, 'all' as topic,
    cast(if(segment = 'all', 42, null) as bigint) as social_mentions,
    if(segment = 'all', 0.1, null) as social_net_sentiment,
    cast(if(week = date '2026-08-03', null, 25) as bigint) as nps_responses,
    if(week = date '2026-08-03', null, 12.0 + extract(day from week)) as nps,
    if(week = date '2026-08-03', null, 5.0) as nps_standard_error,
    week = date '2026-08-03' as is_nps_suppressed,
    10 as support_cases, 8 as csat_answers, 75.0 as csat, 0.5 as median_first_response_hours,
    false as is_care_suppressed, 4 as closed_opportunities, 3 as won_opportunities, 1200.0 as won_revenue,
    'voice_of_customer.v2' as metric_version
from weeks cross join unnest(['all', 'smb', 'enterprise']) as segments (segment);

-- A crisis of the first brand on the day of its spike, a weaker one of its product, none of the others.
create or replace table marts.mart_crisis_signals as
select
    entity_id, hour_at,
    case
        when entity_id = 'mug' then if(hour_at = timestamptz '2026-08-22 09:00:00+00', 55.0, 4.0)
        when hour_at >= '2026-08-11' and hour_at < '2026-08-12' then null
        when hour_at = timestamptz '2026-08-20 22:30:00+00' - interval '30 minutes' and is_first then 91.4
        else 12.0
    end as crisis_score,
    60 as mentions_24h, 0.5 as negative_share_24h, 0.125 as negative_share_before, 'crisis_score.v1' as metric_version
from (
    select brand_id as entity_id, rank = 1 as is_first from given_brands union all select 'mug', false
) as entities
cross join (
    select unnest(generate_series(
        timestamptz '2026-07-30 00:00:00+00', timestamptz '2026-08-30 19:00:00+00', interval '1 hour'
    )) as hour_at
) as hours;

create or replace table marts.mart_alerts as
select *, 'alerts.v1' as metric_version
from (
    select
        'crisis' as alert_kind, brand_id as entity_id, timestamptz '2026-08-20 10:00:00+00' as opened_at,
        timestamptz '2026-08-20 22:00:00+00' as peak_at, 30 as duration_hours, 91.4 as peak_strength,
        'critical' as severity, 'closed' as alert_state, cast(null as timestamptz) as acknowledged_at
    from given_brands where rank = 1
    union all
    select 'crisis', 'mug', timestamptz '2026-08-22 09:00:00+00', timestamptz '2026-08-22 09:00:00+00', 1, 55.0,
        'medium', 'open', timestamptz '2026-08-22 10:00:00+00'
    union all
    select 'spike', brand_id, timestamptz '2026-08-20 10:00:00+00', timestamptz '2026-08-20 10:00:00+00', 3, 19.0,
        'critical', 'closed', null
    from given_brands where rank = 1
);

create or replace table marts.mart_campaign_performance as
select
    'push' as entity_id, brand_id, date '2026-08-17' as starts_on, date '2026-08-23' as ends_on,
    31 as mentions, 29 as authors, cast(null as bigint) as engagement, 0.5 as positive_share, 0.25 as negative_share,
    172 as brand_mentions, 112.0 as brand_mentions_expected, 6 as baseline_weeks, 1.5357 as lift, 1.2 as lift_low,
    1.9 as lift_high, 1.04 as rival_change, 1.4766 as lift_adjusted, 'up' as lift_verdict,
    cast(2500 as double) as cost, 'EUR' as currency, 100000 as ad_impressions, 1250 as ad_clicks,
    0.0125 as click_through_rate, 2.0 as cost_per_click, 1100 as sessions, 44 as conversions, 0.04 as conversion_rate,
    0.03 as conversion_rate_low, 0.053 as conversion_rate_high, 'lift.v1' as metric_version
from given_brands where rank = 1;

create or replace table marts.mart_campaign_roi as
select
    campaign, attribution_model, 'EUR' as currency, if(campaign = 'push', 'push', null) as entity_id,
    if(campaign = 'push', 2500.0, null) as cost, 40.5 as attributed_conversions, 5000.0 as attributed_revenue,
    if(campaign = 'push', 61.73, null) as cost_per_conversion, if(campaign = 'push', 2.0, null) as return_on_ad_spend,
    if(campaign = 'push', 1.0, null) as roi, 'roi.v1' as metric_version
from unnest(['push', '(none)']) as campaigns (campaign)
cross join unnest(['first', 'last', 'linear']) as models (attribution_model);

create or replace table marts.mart_care_service_levels as
with periods as (
    select 'week' as period_kind, cast(unnest(generate_series(date '2026-07-06', date '2026-08-24', interval '7 days')) as date)
        as period_start_date
    union all
    select 'all', date '2026-07-06'
)
select
    period_kind, period_start_date, brand_id, channel, clock,
    if(period_kind = 'all', 80, 10) as cases, 0.9 as coverage, if(period_kind = 'all', 64, 8) as needed_reply,
    0.75 as response_rate, 0.6 as response_rate_low, 0.85 as response_rate_high, 2 as first_response_waiting,
    if(clock = 'calendar', 2.0, 1.0) as median_first_response_hours, 9.0 as p90_first_response_hours,
    20.0 as median_resolution_hours, 0.1 as recontact_rate_7d, 'care_service_levels.v1' as metric_version
from periods
cross join (select brand_id from given_brands where rank = 1) as brands
cross join unnest(['all', 'email']) as channels (channel)
cross join unnest(['calendar', 'business']) as clocks (clock)
-- Nobody wrote in one week.
where period_kind = 'all' or period_start_date <> date '2026-08-03';

create or replace table marts.mart_data_coverage as
select
    source_name, platform, post_date, count(*) as posts, 0 as reshares, 0 as duplicates, 0 as spam,
    0 as edited_posts, 0 as deleted_posts, 1.0 as language_coverage, 1.0 as author_coverage,
    0.0 as follower_coverage, 0.5 as engagement_coverage, max(engagement_observed_at) as last_observed_at,
    'coverage.v1' as metric_version
from marts.fct_posts group by all;

create or replace table marts.mart_landing_counts as
select 'demo' as source_name, 'posts' as resource, 1000 as received, 900 as accepted, 40 as duplicate,
    35 as quarantined, 25 as deleted;

create or replace table marts.mart_quarantine_reasons as
select 'demo' as source_name, 'posts' as resource, 'naive_timestamp' as reason, 'created_at' as field,
    'name the time zone' as remedy, 35 as items;

create or replace table marts.mart_exec_scorecard as
select
    scope_id, kpi, unit, date '2026-08-03' as period_start_date, date '2026-08-30' as period_end_date,
    cast(kpi_value as double) as kpi_value, value_low, value_high, previous_value, previous_low, previous_high,
    change_verdict, cast(sample_size as bigint) as sample_size, coverage, metric_version
from (
    select brand_id as scope_id, * from given_brands cross join (values
        ('share_of_voice_main_panel', 'share', 0.4179, 0.4046, 0.4314, 0.4717, 0.46, 0.48, 'down', 5195, null,
            'share_of_voice.v1'),
        ('net_sentiment', 'share', 0.29, 0.2, 0.38, 0.25, 0.2, 0.3, 'no clear change', 1324, 0.61, 'sentiment.v1'),
        ('negative_share', 'share', 0.06, 0.05, 0.07, 0.1, 0.09, 0.11, 'down', 1324, 0.61, 'sentiment.v1'),
        ('mentions', 'posts', 2171.0, 2080.0, 2262.0, 1500.0, 1400.0, 1600.0, 'up', 2171, null, 'mentions.v1'),
        ('engagement', 'interactions', 187192.0, null, null, null, null, null, 'not tested', 2032, 0.94,
            'engagement.v1')
    ) as kpis (kpi, unit, kpi_value, value_low, value_high, previous_value, previous_low, previous_high,
        change_verdict, sample_size, coverage, metric_version)
    where is_own
    union all by name
    select 'company' as scope_id, * from (values
        ('nps', 'points', 10.0, 5.0, 15.0, -2.5, -8.0, 3.0, 'up', 462, null, 'nps.v1'),
        ('csat', 'percent', 69.16, 60.0, 77.0, 70.0, 61.0, 78.0, 'no clear change', 111, 0.39, 'csat.v1'),
        ('median_first_response', 'hours', 0.2811, null, null, 3.42, null, null, 'not tested', 268, 0.94,
            'first_response.v1')
    ) as kpis (kpi, unit, kpi_value, value_low, value_high, previous_value, previous_low, previous_high,
        change_verdict, sample_size, coverage, metric_version)
);
