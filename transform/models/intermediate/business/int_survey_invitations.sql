{# Batches of invitations as last observed, with their reporting week. #}

with invitations as (

    {{ latest_observations(['stg_demo__survey_invitations', 'stg_files__survey_invitations', 'stg_networks__survey_invitations'], 'batch_id') }}

)

select
    source_name || ':' || batch_id as batch_key,
    coalesce(segment, 'unknown') as segment,
    invitations,
    {{ reporting_date('sent_at') }} as sent_date,
    {{ week_start(reporting_date('sent_at')) }} as week_start_date
from invitations
