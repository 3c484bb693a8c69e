{#
  What people begin to talk of: words that far more authors use in a week than in the four weeks before, gathered
  into themes that keep their id while they live.

  A word bursts when burst_z = (x - e) / sqrt(e + 1) >= 4, x >= 5 and x >= 2 e; x = its author-days in the week, e =
  its mean of the four weeks before, scaled to the volume of this week. The 200 strongest of a language and week
  are looked at, longer words before shorter ones of the same strength.

  Clusters: each bursting word follows the strongest of those that are stronger and said in the same posts; words
  that end at the same one are a theme (every point follows a denser neighbour: Rodriguez and Laio 2014, density
  peaks). Said in the same posts: at least a quarter of the posts with the rarer word hold the other, and at least
  three do, estimated from the samples of int_terms_daily. A post of the rarer word is judged only where the other
  word's sample reaches as far: there its absence means that the post does not hold the word. The twenty strongest
  themes of a language and week are kept.

  Lives: a theme of this week and one of the week before match when the words that they share make at least half of
  the author-days of one of the two, and are the same when each is the other's best match (Spiliopoulou et al.
  2006, MONIC; Palla, Barabasi and Vicsek 2007).
  One whose best match goes on as another theme has split off it; one whose best match of the next week is another's
  continuation has merged into that. theme_id is of the language, week and leading word of the birth: all of this is
  a function of the counted days, so the same data give the same ids whichever runs came between.
#}

with recursive days as (

    select language, term, {{ week_start('post_date') }} as week_start_date, post_date, authors, post_hashes
    from {{ ref('int_terms_daily') }}

),

terms as {{ materialised() }} (

    select language, term, week_start_date, cast(sum(authors) as bigint) as author_days
    from days
    group by language, term, week_start_date

),

volumes as (

    select language, week_start_date, author_days as volume from terms
    where term = ''

),

weeks as (

    select own.language, own.week_start_date, max(own.volume) as volume, cast(sum(past.volume) as bigint) as volume_before
    from volumes as own
    inner join volumes as past
        on own.language = past.language
        and past.week_start_date < own.week_start_date
        and past.week_start_date >= own.week_start_date - 28
    group by own.language, own.week_start_date
    having count(*) >= 2

),

candidates as (

    select
        terms.language,
        terms.week_start_date,
        terms.term,
        terms.author_days,
        max(weeks.volume) as volume,
        cast(coalesce(sum(past.author_days), 0) as double) * max(weeks.volume) / max(weeks.volume_before) as expected
    from terms
    inner join weeks
        on terms.language = weeks.language and terms.week_start_date = weeks.week_start_date
    left join terms as past
        on terms.language = past.language
        and terms.term = past.term
        and past.week_start_date < terms.week_start_date
        and past.week_start_date >= terms.week_start_date - 28
    where terms.author_days >= 5 and terms.term <> ''
    group by terms.language, terms.week_start_date, terms.term, terms.author_days

),

strengths as (

    select *, (author_days - expected) / sqrt(expected + 1) as burst_z
    from candidates

),

ranked as (

    select
        *,
        row_number() over (
            partition by language, week_start_date order by burst_z desc, length(term) desc, term
        ) as place
    from strengths
    where burst_z >= 4 and author_days >= 2 * expected

),

bursts as {{ materialised() }} (

    select * from ranked
    where place <= 200

),

sampled_days as {{ materialised() }} (

    select
        bursts.language,
        bursts.week_start_date,
        bursts.place,
        bursts.author_days,
        days.post_date,
        days.post_hashes,
        -- How far the sample reaches: a short one holds all posts.
        case when {{ list_length('days.post_hashes') }} >= 16 then {{ list_item('days.post_hashes', 16) }}
            else 2147483647 end as reach
    from bursts
    inner join days
        on bursts.language = days.language
        and bursts.week_start_date = days.week_start_date
        and bursts.term = days.term

),

samples as {{ materialised() }} (

    select language, week_start_date, place, author_days, post_date, unnest(post_hashes) as post_hash
    from sampled_days

),

shared as {{ materialised() }} (

    select
        rarer.language,
        rarer.week_start_date,
        rarer.place as rarer_place,
        other.place as other_place,
        count(*) as shared_posts
    from samples as rarer
    inner join samples as other
        on rarer.post_hash = other.post_hash
        and rarer.post_date = other.post_date
        and rarer.language = other.language
    where rarer.author_days < other.author_days
        or (rarer.author_days = other.author_days and rarer.place > other.place)
    group by rarer.language, rarer.week_start_date, rarer.place, other.place
    having count(*) >= 3

),

judged as (

    select shared.language, shared.week_start_date, shared.rarer_place, shared.other_place, count(*) as judged_posts
    from shared
    inner join samples
        on shared.language = samples.language
        and shared.week_start_date = samples.week_start_date
        and shared.rarer_place = samples.place
    left join sampled_days as other
        on samples.language = other.language
        and samples.post_date = other.post_date
        and shared.other_place = other.place
    where samples.post_hash <= coalesce(other.reach, 2147483647)
    group by shared.language, shared.week_start_date, shared.rarer_place, shared.other_place

),

leaders as {{ materialised() }} (

    select
        shared.language,
        shared.week_start_date,
        greatest(shared.rarer_place, shared.other_place) as place,
        min(least(shared.rarer_place, shared.other_place)) as leader_place
    from shared
    inner join judged
        on shared.language = judged.language
        and shared.week_start_date = judged.week_start_date
        and shared.rarer_place = judged.rarer_place
        and shared.other_place = judged.other_place
    where 4 * shared.shared_posts >= judged.judged_posts
    group by shared.language, shared.week_start_date, greatest(shared.rarer_place, shared.other_place)

),

followed as (

    select bursts.language, bursts.week_start_date, bursts.place, bursts.place as theme_place
    from bursts
    left join leaders
        on bursts.language = leaders.language
        and bursts.week_start_date = leaders.week_start_date
        and bursts.place = leaders.place
    where leaders.place is null

    union all

    select leaders.language, leaders.week_start_date, leaders.place, followed.theme_place
    from followed
    inner join leaders
        on followed.language = leaders.language
        and followed.week_start_date = leaders.week_start_date
        and followed.place = leaders.leader_place

),

theme_ranks as (

    select
        *,
        dense_rank() over (partition by language, week_start_date order by theme_place) as strength_rank
    from followed

),

theme_words as {{ materialised() }} (

    select
        theme_ranks.language,
        theme_ranks.week_start_date,
        theme_ranks.theme_place,
        theme_ranks.place,
        bursts.term,
        bursts.author_days
    from theme_ranks
    inner join bursts
        on theme_ranks.language = bursts.language
        and theme_ranks.week_start_date = bursts.week_start_date
        and theme_ranks.place = bursts.place
    where theme_ranks.strength_rank <= 20

),

themes as {{ materialised() }} (

    select
        theme_words.language,
        theme_words.week_start_date,
        theme_words.theme_place,
        max(first_words.term) as theme,
        string_agg(theme_words.term, ' | ' order by theme_words.place) as theme_terms,
        cast(count(*) as bigint) as term_count,
        cast(sum(theme_words.author_days) as bigint) as word_days,
        max(first_words.author_days) as author_days,
        max(first_words.volume) as volume,
        max(first_words.expected) as expected_author_days,
        max(first_words.burst_z) as burst_z
    from theme_words
    inner join bursts as first_words
        on theme_words.language = first_words.language
        and theme_words.week_start_date = first_words.week_start_date
        and theme_words.theme_place = first_words.place
    group by theme_words.language, theme_words.week_start_date, theme_words.theme_place

),

matches as (

    select
        later.language,
        later.week_start_date,
        earlier.theme_place as earlier_place,
        later.theme_place as later_place,
        cast(sum(earlier.author_days) as bigint) as shared_days_before,
        cast(sum(later.author_days) as bigint) as shared_days
    from theme_words as later
    inner join theme_words as earlier
        on later.language = earlier.language
        and later.term = earlier.term
        and later.week_start_date = earlier.week_start_date + 7
    group by later.language, later.week_start_date, earlier.theme_place, later.theme_place

),

best_matches as {{ materialised() }} (

    select
        matches.language,
        matches.week_start_date,
        matches.earlier_place,
        matches.later_place,
        row_number() over (
            partition by matches.language, matches.week_start_date, matches.later_place
            order by matches.shared_days desc, matches.earlier_place
        ) as place_among_earlier,
        row_number() over (
            partition by matches.language, matches.week_start_date, matches.earlier_place
            order by matches.shared_days_before desc, matches.later_place
        ) as place_among_later
    from matches
    inner join themes as later
        on matches.language = later.language
        and matches.week_start_date = later.week_start_date
        and matches.later_place = later.theme_place
    inner join themes as earlier
        on matches.language = earlier.language
        and matches.week_start_date = earlier.week_start_date + 7
        and matches.earlier_place = earlier.theme_place
    where 2 * matches.shared_days >= later.word_days or 2 * matches.shared_days_before >= earlier.word_days

),

continued as {{ materialised() }} (

    select language, week_start_date, earlier_place, later_place from best_matches
    where place_among_earlier = 1 and place_among_later = 1

),

lives as (

    select
        themes.language,
        themes.week_start_date,
        themes.theme_place,
        substr(md5(themes.language || ':' || cast(themes.week_start_date as varchar) || ':' || themes.theme), 1, 12) as theme_id,
        themes.week_start_date as first_week_start_date
    from themes
    left join continued
        on themes.language = continued.language
        and themes.week_start_date = continued.week_start_date
        and themes.theme_place = continued.later_place
    where continued.later_place is null

    union all

    select
        continued.language,
        continued.week_start_date,
        continued.later_place,
        lives.theme_id,
        lives.first_week_start_date
    from lives
    inner join continued
        on lives.language = continued.language
        and lives.week_start_date + 7 = continued.week_start_date
        and lives.theme_place = continued.earlier_place

),

named as {{ materialised() }} (

    select * from lives

),

-- What a theme took in, or split off, among the themes of the week before.
ancestors as (

    select
        best_matches.language,
        best_matches.week_start_date,
        best_matches.later_place,
        string_agg(case when best_matches.place_among_later = 1 and best_matches.place_among_earlier > 1
            then earlier.theme_id end, ' | ' order by best_matches.place_among_earlier) as merged_theme_ids,
        max(case when best_matches.place_among_earlier = 1 and best_matches.place_among_later > 1
            then earlier.theme_id end) as parent_theme_id,
        max(case when best_matches.place_among_earlier = 1 and best_matches.place_among_later = 1
            then before.author_days end) as author_days_before
    from best_matches
    inner join named as earlier
        on best_matches.language = earlier.language
        and best_matches.week_start_date = earlier.week_start_date + 7
        and best_matches.earlier_place = earlier.theme_place
    inner join themes as before
        on earlier.language = before.language
        and earlier.week_start_date = before.week_start_date
        and earlier.theme_place = before.theme_place
    group by best_matches.language, best_matches.week_start_date, best_matches.later_place

),

successors as (

    select best_matches.language, best_matches.week_start_date, best_matches.earlier_place, later.theme_id
    from best_matches
    inner join named as later
        on best_matches.language = later.language
        and best_matches.week_start_date = later.week_start_date
        and best_matches.later_place = later.theme_place
    where best_matches.place_among_later = 1

),

theme_posts as (

    select
        theme_words.language,
        theme_words.week_start_date,
        theme_words.theme_place,
        samples.post_date,
        samples.post_hash,
        count(*) as words_held
    from theme_words
    inner join samples
        on theme_words.language = samples.language
        and theme_words.week_start_date = samples.week_start_date
        and theme_words.place = samples.place
    group by
        theme_words.language, theme_words.week_start_date, theme_words.theme_place, samples.post_date, samples.post_hash

),

mentions as (

    select mention_date, {{ text_hash('post_key') }} as post_hash, post_key, entity_id
    from {{ ref('fct_mentions') }}
    where is_counted and author_key is not null

),

entity_posts as {{ materialised() }} (

    select
        theme_posts.language,
        theme_posts.week_start_date,
        theme_posts.theme_place,
        theme_posts.words_held,
        theme_posts.post_hash,
        mentions.post_key,
        mentions.entity_id
    from theme_posts
    inner join mentions
        on theme_posts.post_hash = mentions.post_hash and theme_posts.post_date = mentions.mention_date

),

posts as (

    select
        *,
        row_number() over (
            partition by language, week_start_date, theme_place order by words_held desc, post_hash, post_key
        ) as post_rank
    from (select distinct language, week_start_date, theme_place, words_held, post_hash, post_key from entity_posts) as found

),

examples as (

    select
        language,
        week_start_date,
        theme_place,
        count(*) as sampled_posts,
        string_agg(case when post_rank <= 3 then post_key end, ' | ' order by post_rank) as example_post_keys
    from posts
    group by language, week_start_date, theme_place

),

entities as (

    select
        *,
        row_number() over (
            partition by language, week_start_date, theme_place order by entity_posts desc, entity_id
        ) as entity_rank
    from (
        select language, week_start_date, theme_place, entity_id, count(distinct post_key) as entity_posts
        from entity_posts
        group by language, week_start_date, theme_place, entity_id
    ) as counted

),

last_week as (

    select max(week_start_date) as week_start_date from volumes

),

final as (

    select
        named.theme_id,
        themes.language,
        themes.week_start_date,
        themes.theme,
        themes.theme_terms,
        themes.term_count,
        themes.author_days,
        themes.expected_author_days,
        themes.burst_z,
        themes.expected_author_days = 0 as is_new,
        named.first_week_start_date,
        cast((themes.week_start_date - named.first_week_start_date) / 7 + 1 as bigint) as age_weeks,
        case
            when ancestors.merged_theme_ids is not null then 'merged'
            when ancestors.parent_theme_id is not null then 'split'
            when ancestors.author_days_before is null then 'born'
            when 10 * themes.author_days > 11 * ancestors.author_days_before then 'grown'
            when 10 * themes.author_days < 9 * ancestors.author_days_before then 'shrunk'
            else 'steady'
        end as life_event,
        ancestors.parent_theme_id,
        ancestors.merged_theme_ids,
        case
            when successors.theme_id = named.theme_id then 'continues'
            when successors.theme_id is not null then 'merged'
            when themes.week_start_date < last_week.week_start_date then 'died'
        end as outcome,
        case when successors.theme_id <> named.theme_id then successors.theme_id end as merged_into_theme_id,
        {{ trend_score(ratio('themes.author_days', 'themes.volume'), ratio('themes.expected_author_days', 'themes.volume'), 'themes.author_days') }} as trend_score,
        entities.entity_id,
        {{ ratio('entities.entity_posts', 'examples.sampled_posts') }} as entity_share,
        examples.example_post_keys,
        'emerging_themes.v2' as metric_version
    from themes
    inner join named
        on themes.language = named.language
        and themes.week_start_date = named.week_start_date
        and themes.theme_place = named.theme_place
    left join ancestors
        on themes.language = ancestors.language
        and themes.week_start_date = ancestors.week_start_date
        and themes.theme_place = ancestors.later_place
    left join successors
        on themes.language = successors.language
        and themes.week_start_date + 7 = successors.week_start_date
        and themes.theme_place = successors.earlier_place
    left join examples
        on themes.language = examples.language
        and themes.week_start_date = examples.week_start_date
        and themes.theme_place = examples.theme_place
    left join entities
        on themes.language = entities.language
        and themes.week_start_date = entities.week_start_date
        and themes.theme_place = entities.theme_place
        and entities.entity_rank = 1
    cross join last_week

)

select * from final
