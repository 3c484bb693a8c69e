{#
  What people begin to talk of: words and pairs of words that far more authors use in a week than in the four weeks
  before, gathered into themes.

  burst_z = (x - e) / sqrt(e + 1), x = author-days of the term in the week, e = its mean of the four weeks before,
  scaled to the volume of this week. A term bursts from z = 4 and five author-days on. Each bursting term follows
  the strongest bursting term that shares a word with it, and that one the strongest that shares a word with it;
  those that end at the same term are a theme. The theme is named by that term, so it has the same theme_id in
  every run and every week. Longer terms go before shorter ones of the same strength, because they say more. The
  twenty strongest themes of a language and week are kept.
#}

with days as (

    select language, term, {{ week_start('post_date') }} as week_start_date, authors, post_date
    from {{ ref('int_terms_daily') }}

),

terms as (

    select language, term, week_start_date, cast(sum(authors) as bigint) as author_days
    from days
    group by language, term, week_start_date

),

volumes as (

    select language, week_start_date, sum(author_days) as volume
    from terms
    group by language, week_start_date

),

weeks as (

    select
        own.language,
        own.week_start_date,
        max(own.volume) as volume,
        sum(past.volume) as volume_before,
        count(past.week_start_date) as weeks_before
    from volumes as own
    inner join volumes as past
        on own.language = past.language
        and past.week_start_date < own.week_start_date
        and past.week_start_date >= own.week_start_date - 28
    group by own.language, own.week_start_date

),

candidates as (

    select
        terms.language,
        terms.week_start_date,
        terms.term,
        terms.author_days,
        cast(coalesce(sum(past.author_days), 0) as double) * max(weeks.volume) / max(weeks.volume_before) as expected
    from terms
    inner join weeks
        on terms.language = weeks.language and terms.week_start_date = weeks.week_start_date
    left join terms as past
        on terms.language = past.language
        and terms.term = past.term
        and past.week_start_date < terms.week_start_date
        and past.week_start_date >= terms.week_start_date - 28
    where weeks.weeks_before >= 2 and terms.author_days >= 5
    group by terms.language, terms.week_start_date, terms.term, terms.author_days

),

bursts as {{ materialised() }} (

    select
        *,
        (author_days - expected) / sqrt(expected + 1) as burst_z,
        row_number() over (
            partition by language, week_start_date
            order by (author_days - expected) / sqrt(expected + 1) desc, length(term) desc, term
        ) as place
    from candidates
    where (author_days - expected) / sqrt(expected + 1) >= 4

),

words as (

    select language, week_start_date, term, place, unnest({{ text_list('term', ' ') }}) as word
    from bursts

),

leaders as (

    select own.language, own.week_start_date, own.place, min(other.place) as leader_place
    from words as own
    inner join words as other
        on own.language = other.language and own.week_start_date = other.week_start_date and own.word = other.word
    group by own.language, own.week_start_date, own.place

),

themes as (

    select
        leaders.language,
        leaders.week_start_date,
        leaders.place,
        second.leader_place as theme_place
    from leaders
    inner join leaders as second
        on leaders.language = second.language
        and leaders.week_start_date = second.week_start_date
        and leaders.leader_place = second.place

),

gathered as (

    select
        themes.theme_place,
        substr(md5(max(leading_terms.language || ':' || leading_terms.term)), 1, 12) as theme_id,
        themes.language,
        themes.week_start_date,
        max(leading_terms.term) as theme,
        string_agg(bursts.term, ' | ' order by bursts.place) as theme_terms,
        cast(count(*) as bigint) as term_count,
        max(leading_terms.author_days) as author_days,
        max(leading_terms.expected) as expected_author_days,
        max(leading_terms.burst_z) as burst_z,
        max(leading_terms.expected) = 0 as is_new
    from themes
    inner join bursts
        on themes.language = bursts.language
        and themes.week_start_date = bursts.week_start_date
        and themes.place = bursts.place
    inner join bursts as leading_terms
        on themes.language = leading_terms.language
        and themes.week_start_date = leading_terms.week_start_date
        and themes.theme_place = leading_terms.place
    group by themes.language, themes.week_start_date, themes.theme_place

),

ranked as (

    select *, row_number() over (partition by language, week_start_date order by theme_place) as strength_rank
    from gathered

)

select
    theme_id,
    language,
    week_start_date,
    theme,
    theme_terms,
    term_count,
    author_days,
    expected_author_days,
    burst_z,
    is_new,
    'emerging_themes.v1' as metric_version
from ranked
where strength_rank <= 20
