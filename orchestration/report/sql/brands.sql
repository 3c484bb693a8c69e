-- Brands and rivals, most mentioned first, own brands marked.
select
    brands.brand_id,
    brands.brand_name,
    brands.is_own_brand,
    coalesce(sum(daily.mentions), 0) as mentions
from marts.dim_brands as brands
left join marts.mart_mentions_daily as daily
    on brands.brand_id = daily.entity_id
    and daily.mention_date between $first_date and $last_date
group by brands.brand_id, brands.brand_name, brands.is_own_brand
order by mentions desc, brands.brand_name, brands.brand_id
