{#
  The account of each e-mail address that a CRM's living contacts have, with its segment: for answers and cases that
  name no account of their own. An address that contacts of several accounts share has none: nobody can say which.
#}

with contacts as (

    {{ latest_observations(['stg_files__crm_contacts', 'stg_networks__crm_contacts'], 'contact_id', living=true) }}

),

known as (

    select distinct email_key, source_name, account_id from contacts
    where email_key is not null and account_id is not null

),

sole as (

    select email_key, min(source_name) as source_name, min(account_id) as account_id
    from known
    group by email_key
    having count(*) = 1

)

select
    sole.email_key,
    sole.source_name as account_source_name,
    sole.account_id,
    accounts.segment
from sole
left join {{ ref('int_accounts_latest') }} as accounts
    on sole.source_name = accounts.source_name and sole.account_id = accounts.account_id
