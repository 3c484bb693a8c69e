select * from {{ source('listening', 'owned_accounts') }}
