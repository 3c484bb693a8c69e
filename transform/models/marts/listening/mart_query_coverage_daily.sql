{#
  How complete each query is, day by day: posts found against posts that exist, as far as anything tells.
#}

with reads as (

    select
        *,
        earlier_posts + reread_posts - recaptured_posts as twice_read_posts,
        {{ unseen_posts('earlier_posts', 'reread_posts', 'recaptured_posts') }} as unseen,
        {{ unseen_factor('earlier_posts', 'reread_posts', 'recaptured_posts') }} as unseen_factor
    from {{ ref('int_query_reads_daily') }}

),

judged as (

    select
        *,
        case
            when told_posts >= found_posts and told_posts > 0 then 'api_count'
            when recaptured_posts >= {{ fewest_recaptures() }} then 'capture_recapture'
        end as estimator
    from reads

),

shares as (

    select
        *,
        case
            when estimator = 'api_count' then {{ ratio('found_posts', 'told_posts') }}
            when estimator = 'capture_recapture' then twice_read_posts / (twice_read_posts + unseen)
        end as completeness,
        -- Where nothing was missed, what is known of the misses is that so many recaptures had none.
        case
            when estimator = 'capture_recapture' and unseen > 0
                then twice_read_posts / (twice_read_posts + unseen * unseen_factor)
            when estimator = 'capture_recapture' then {{ wilson('recaptured_posts', 'reread_posts', 'low') }}
        end as completeness_low,
        case
            when estimator = 'capture_recapture' and unseen > 0
                then twice_read_posts / (twice_read_posts + unseen / unseen_factor)
            when estimator = 'capture_recapture' then 1.0
        end as completeness_high
    from judged

)

select
    source_name,
    platform,
    query,
    post_date,
    found_posts,
    earlier_posts,
    reread_posts,
    recaptured_posts,
    told_posts,
    cast(found_posts / completeness as double) as estimated_posts,
    cast(found_posts / completeness_high as double) as estimated_posts_low,
    cast(found_posts / completeness_low as double) as estimated_posts_high,
    cast(completeness as double) as completeness,
    cast(completeness_low as double) as completeness_low,
    cast(completeness_high as double) as completeness_high,
    estimator,
    case
        when estimator is not null then null
        when reread_posts = 0 and earlier_posts = 0 then 'not_read_again'
        else 'too_few_recaptures'
    end as missing_reason,
    last_read_at,
    'completeness.v1' as metric_version
from shares
