{{ config(materialized='view') }}

-- The last time that an hour was read again, as a whole: what it caught, against all that had been caught before.
with hours as (

    select
        source_name,
        platform,
        query,
        hour_at,
        max(found_before + seen - known) as found_posts,
        max(case when is_whole_hour and is_reread then read_at end) as read_again_at,
        max(read_at) as last_read_at,
        {{ value_at_max('told_total', 'case when told_total is not null then read_at end') }} as told_total
    from {{ ref('stg_networks__reads') }}
    group by source_name, platform, query, hour_at

),

read_again as (

    select
        hours.source_name,
        hours.query,
        hours.hour_at,
        max(reads.seen) as seen,
        max(reads.known) as known,
        max(reads.found_before) as found_before
    from hours
    inner join {{ ref('stg_networks__reads') }} as reads
        on hours.source_name = reads.source_name
        and hours.query = reads.query
        and hours.hour_at = reads.hour_at
        and hours.read_again_at = reads.read_at
    where reads.is_whole_hour and reads.is_reread
    group by hours.source_name, hours.query, hours.hour_at

)

select
    hours.source_name,
    hours.platform,
    hours.query,
    {{ reporting_date('hours.hour_at') }} as post_date,
    cast(sum(hours.found_posts) as bigint) as found_posts,
    cast(coalesce(sum(read_again.found_before), 0) as bigint) as earlier_posts,
    cast(coalesce(sum(read_again.seen), 0) as bigint) as reread_posts,
    cast(coalesce(sum(read_again.known), 0) as bigint) as recaptured_posts,
    cast(sum(hours.told_total) as bigint) as told_posts,
    max(hours.last_read_at) as last_read_at
from hours
left join read_again
    on hours.source_name = read_again.source_name
    and hours.query = read_again.query
    and hours.hour_at = read_again.hour_at
group by hours.source_name, hours.platform, hours.query, {{ reporting_date('hours.hour_at') }}
