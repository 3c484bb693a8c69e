select * from {{ source('listening', 'panel_filters') }}
