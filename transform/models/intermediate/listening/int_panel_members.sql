{#
  Members of the comparison panels with the fingerprint of the filters that all of a panel share, and of everything
  that decides its shares: version, filters and the queries of all members. Where it changes, a series breaks.
#}
{{ config(materialized='view') }}

with members as (

    select
        members.panel_id,
        panels.panel_name,
        members.panel_version,
        members.entity_id,
        panels.filter_hash,
        entities.query_version
    from {{ ref('stg_listening__panel_members') }} as members
    inner join {{ ref('stg_listening__panels') }} as panels
        on members.panel_id = panels.panel_id and members.panel_version = panels.panel_version
    left join {{ ref('stg_listening__entities') }} as entities on members.entity_id = entities.entity_id

),

series as (

    select
        panel_id,
        panel_version,
        substr(
            md5(
                panel_version || ' ' || max(filter_hash) || ' '
                || string_agg(entity_id || '=' || query_version, ' ' order by entity_id)
            ),
            1,
            12
        ) as series_version
    from members
    group by panel_id, panel_version

)

select
    members.panel_id,
    members.panel_name,
    members.panel_version,
    members.entity_id,
    members.filter_hash,
    series.series_version
from members
inner join series on members.panel_id = series.panel_id and members.panel_version = series.panel_version
