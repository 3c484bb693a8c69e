select * from {{ source('listening', 'panel_members') }}
