{# Shares compare like with like: on a day, all members of a panel stand under one version and one filter. #}

select panel_id, mention_date
from {{ ref('mart_share_of_voice_daily') }}
group by panel_id, mention_date
having
    count(distinct filter_hash) <> 1
    or count(distinct panel_version) <> 1
    or count(distinct panel_mentions) <> 1
    or sum(mentions) <> max(panel_mentions)
