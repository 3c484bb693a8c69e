{#
  Cells of few people are suppressed, and so are others from which they could be told by subtraction
  (complementary suppression): along a line with a total, the hidden cells are at least two and together of
  minimum_cell_size people.
#}

{# Adds to relation `cells` (people, is_hidden) what must be hidden beside the hidden cells of each line. #}
{% macro hide_complements(cells, line) -%}
select
    * exclude (is_hidden, hidden_rank, people_before, has_hidden),
    is_hidden or (has_hidden and (hidden_rank <= 2 or people_before < {{ var('minimum_cell_size') }})) as is_hidden
from (
    select
        *,
        row_number() over hidden_first as hidden_rank,
        coalesce(sum(people) over (hidden_first rows between unbounded preceding and 1 preceding), 0) as people_before,
        max(case when is_hidden then 1 else 0 end) over (partition by {{ line | join(', ') }}) = 1 as has_hidden
    from {{ cells }}
    window hidden_first as (
        partition by {{ line | join(', ') }} order by is_hidden desc, people, segment, topic
    )
) as ranked
{%- endmacro %}

{#
  Which cells of relation `cells` (week_start_date, segment, topic, people; 'all' is a total) are hidden. Where a
  row has one topic at most (`topics_add_up`), topics are lines, too: a segment or topic whose total is
  hidden shows none of its parts, and where hiding along one line would uncover another, the week shows totals only.
#}
{% macro hidden_cells(cells, topics_add_up) %}
with small as (

    select *, people < {{ var('minimum_cell_size') }} as is_hidden
    from {{ cells }}

),

segment_totals as (

    {{ hide_complements("(select * from small where topic = 'all' and segment <> 'all') as totals", ['week_start_date']) }}

),

{% if topics_add_up -%}
topic_totals as (

    {{ hide_complements("(select * from small where segment = 'all' and topic <> 'all') as totals", ['week_start_date']) }}

),
{%- else -%}
topic_totals as (

    select * from small
    where segment = 'all' and topic <> 'all'

),
{%- endif %}

inner_cells as (

    select
        small.* exclude (is_hidden),
        small.is_hidden {% if topics_add_up %}or segment_totals.is_hidden or topic_totals.is_hidden{% endif %} as is_hidden
    from small
    inner join segment_totals
        on small.week_start_date = segment_totals.week_start_date and small.segment = segment_totals.segment
    inner join topic_totals
        on small.week_start_date = topic_totals.week_start_date and small.topic = topic_totals.topic

),

{% if topics_add_up -%}
along_topics as (

    {{ hide_complements('inner_cells', ['week_start_date', 'segment']) }}

),
{%- endif %}

along_segments as (

    {{ hide_complements('along_topics' if topics_add_up else 'inner_cells', ['week_start_date', 'topic']) }}

),

{% if topics_add_up -%}
uncovered_weeks as (

    select distinct week_start_date
    from (
        select week_start_date, segment
        from along_segments
        group by week_start_date, segment
        having
            max(case when is_hidden then 1 else 0 end) = 1
            and (
                count(case when is_hidden then 1 end) < 2
                or sum(case when is_hidden then people end) < {{ var('minimum_cell_size') }}
            )
            and max(case when not is_hidden then 1 else 0 end) = 1
    ) as uncovered

),
{%- endif %}

every_cell as (

    select week_start_date, segment, topic, is_hidden from small where segment = 'all' and topic = 'all'
    union all
    select week_start_date, segment, topic, is_hidden from segment_totals
    union all
    select week_start_date, segment, topic, is_hidden from topic_totals
    union all
    select
        week_start_date, segment, topic,
        is_hidden {% if topics_add_up %}or week_start_date in (select uncovered_weeks.week_start_date from uncovered_weeks){% endif %}
    from along_segments

)

select * from every_cell
{% endmacro %}
