-- Panels in the order of interest: those with an own brand first, then by how much is said in them.
select
    panel_id,
    sum(mentions) as mentions,
    count(distinct mention_date) as days
from marts.mart_share_of_voice_daily
where mention_date between $first_date and $last_date
group by panel_id
order by bool_or(list_contains($own, entity_id)) desc, mentions desc, panel_id
