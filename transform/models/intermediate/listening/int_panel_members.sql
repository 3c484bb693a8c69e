{# Members of the comparison panels with the fingerprint of the filters that all of a panel share. #}
{{ config(materialized='view') }}

select
    members.panel_id,
    panels.panel_name,
    members.panel_version,
    members.entity_id,
    panels.filter_hash
from {{ ref('stg_listening__panel_members') }} as members
inner join {{ ref('stg_listening__panels') }} as panels
    on members.panel_id = panels.panel_id and members.panel_version = panels.panel_version
