{#
  Who speaks of an entity, by month and one property at a time: country, language, network. People are counted
  once a month by their first known value. Sex and age have no rows: no source tells them, and guessing them from
  names or texts is not done here.

  Cells under minimum_cell_size people are suppressed, and the next smallest with them until the suppressed ones
  of a property together hold as many people: else a reader could subtract. Shares are of the people whose value
  is known.
#}

with authors as (

    select
        entity_id,
        cast(date_trunc('month', mention_date) as date) as month_start_date,
        platform,
        author_key,
        min(country) as country,
        min(language) as language
    from {{ ref('int_author_mentions_daily') }}
    group by entity_id, cast(date_trunc('month', mention_date) as date), platform, author_key

),

properties as (

    select entity_id, month_start_date, 'country' as property, country as property_value, author_key from authors
    union all
    select entity_id, month_start_date, 'language' as property, language as property_value, author_key from authors
    union all
    select entity_id, month_start_date, 'network' as property, platform as property_value, author_key from authors

),

cells as (

    select entity_id, month_start_date, property, property_value, cast(count(*) as bigint) as authors
    from properties
    group by entity_id, month_start_date, property, property_value

),

known as (

    select
        *,
        sum(authors) over (partition by entity_id, month_start_date, property) as known_authors,
        row_number() over (partition by entity_id, month_start_date, property order by authors, property_value) as size_rank,
        min(authors) over (partition by entity_id, month_start_date, property) as smallest,
        sum(authors) over (
            partition by entity_id, month_start_date, property order by authors, property_value
            rows between unbounded preceding and 1 preceding
        ) as smaller_authors
    from cells
    where property_value is not null

),

coverage as (

    select
        entity_id, month_start_date, property,
        {{ ratio('sum(case when property_value is not null then authors end)', 'sum(authors)') }} as coverage
    from cells
    group by entity_id, month_start_date, property

),

judged as (

    select
        *,
        authors < {{ var('minimum_cell_size') }}
        or (smallest < {{ var('minimum_cell_size') }} and (size_rank <= 2 or smaller_authors < {{ var('minimum_cell_size') }})) as is_suppressed
    from known

)

select
    judged.entity_id,
    judged.month_start_date,
    judged.property,
    judged.property_value,
    case when not judged.is_suppressed then judged.authors end as authors,
    case when not judged.is_suppressed then {{ ratio('judged.authors', 'judged.known_authors') }} end as author_share,
    judged.is_suppressed,
    coverage.coverage,
    case judged.property
        when 'country' then 'given by the platform'
        when 'language' then 'tag of the platform, else detected in the text'
        else 'source of the post'
    end as provenance,
    'audience_profile.v1' as metric_version
from judged
inner join coverage
    on judged.entity_id = coverage.entity_id
    and judged.month_start_date = coverage.month_start_date
    and judged.property = coverage.property
