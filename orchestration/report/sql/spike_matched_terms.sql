select matched_terms, count(*) as mentions
from marts.fct_mentions
where
    entity_id = $entity_id
    and is_counted
    and mentioned_at >= $starts_at
    and mentioned_at < $ends_at
group by matched_terms
order by mentions desc, matched_terms
limit $rows
