{#
  Sentiment towards the named target: a mention seen as a list of terms, which the linear models of score.sql
  then weigh like the words of a post.

  A term is a place and a word, `near_before:love`. A token never has a colon behind a letter, so no word of a post
  can be taken for a term. Places, seen from the words of the target that stand nearest:
    near_before, near_after        at most `near_words()` words away
    clause_before, clause_after    neither a turn ("but", "than") nor another target in between
    post                           the whole post
  The targets themselves are no words: who is named does not matter.

  Words alone know nothing that was not seen in training. So the words of each place are also scored like a little
  post by the sentiment model, and the steps that its log-odds reach are terms: `clause_after:<polarity>2` where positive
  is ahead of negative by 1 to 1.5, `clause_after:<opinion>2` where both are ahead of neutral by that in the mean (steps
  are halves, from -3 to 3). `<` is in no token but `<url>`.
#}

{# Words on either side of a target that are near it. #}
{% macro near_words() -%}3{%- endmacro %}

{# Where a sentence may turn from one target to the next. #}
{% macro turns() -%}
'although', 'because', 'but', 'except', 'however', 'instead', 'rather', 'than', 'though', 'unlike', 'versus', 'vs',
'whereas', 'while', 'yet'
{%- endmacro %}

{#
  Columns: key columns, language, terms (list of text, in any order, some more than once); one row a mention.

    mentions_relation   relation with the key columns, language, tokens_column (of the whole post), own_positions
                        and other_positions: where the words of this target and of the others stand in it, from 1
    weights_relation    relation with the rows of ONE version of the sentiment model
#}
{% macro target_terms(mentions_relation, key_columns, tokens_column, weights_relation, language_column='language') -%}
{%- set keys = key_columns | join(', ') -%}
{%- set labels = ['negative', 'neutral', 'positive'] -%}
with words as (

    select
        {{ keys }},
        {{ language_column }} as language,
        own_positions,
        other_positions,
        unnest({{ tokens_column }}) as token,
        generate_subscripts({{ tokens_column }}, 1) as position
    from {{ mentions_relation }}

),

marked as (

    select
        {{ keys }},
        language,
        token,
        position,
        case when {{ list_has('own_positions', 'position') }} then position end as own_position,
        {{ list_has('other_positions', 'position') }} as is_other,
        case
            when {{ list_has('own_positions', 'position') }} then 0
            when {{ list_has('other_positions', 'position') }} or token in ({{ turns() | indent(16) }}) then 1
            else 0
        end as is_turn
    from words

),

counted as (

    select
        *,
        sum(is_turn) over (
            partition by {{ keys }} order by position rows between unbounded preceding and current row
        ) as turns_so_far
    from marked

),

-- Of the target's words those next to this one; with their places grow the turns, so min and max find both.
around as (

    select
        *,
        max(own_position) over before_this as own_before,
        min(own_position) over after_this as own_after,
        max(case when own_position is not null then turns_so_far end) over before_this as turns_before,
        min(case when own_position is not null then turns_so_far end) over after_this as turns_after
    from counted
    window
        before_this as (partition by {{ keys }} order by position rows between unbounded preceding and current row),
        after_this as (partition by {{ keys }} order by position rows between current row and unbounded following)

),

sided as {{ materialised() }} (

    select
        {{ keys }},
        language,
        token,
        position,
        case when stands_before then 'before' else 'after' end as side,
        case when stands_before then own_after - position else position - own_before end as distance,
        case
            when stands_before then turns_after - turns_so_far + is_turn
            else turns_so_far - turns_before
        end as turns_between
    from (
        select
            *,
            own_before is null or own_after - position < position - own_before as stands_before
        from around
        where own_position is null and not is_other and (own_before is not null or own_after is not null)
    ) as others

),

placed as {{ materialised() }} (

    select {{ keys }}, language, 'post' as place, token, position from sided

    union all

    select {{ keys }}, language, 'near_' || side as place, token, position from sided
    where distance <= {{ near_words() }}

    union all

    select {{ keys }}, language, 'clause_' || side as place, token, position from sided
    where turns_between = 0

),

places as (

    select {{ keys }}, place, language as mention_language, {{ ordered_list('token', 'position') }} as tokens
    from placed
    group by {{ keys }}, place, language

),

place_scores as (

    {{ linear_scores_wide('places', key_columns + ['place', 'mention_language'], 'tokens', weights_relation, labels, 'mention_language') | indent(4) }}

),

-- A place without evidence says nothing: what an empty text scores is taken away.
intercepts as (

    {{ weights_by_term(weights_relation, labels) | indent(4) }}

),

differences as (

    select
        {% for key in key_columns %}place_scores.{{ key }}, {% endfor %}
        place_scores.mention_language as language,
        place_scores.place
        {%- for label in labels %},
        place_scores.logit_nano_{{ label }} - intercepts.logit_nano_{{ label }} as nano_{{ label }}
        {%- endfor %}
    from place_scores
    inner join intercepts on place_scores.mention_language = intercepts.language and intercepts.term = ''

),

log_odds as (

    select {{ keys }}, language, place || ':<polarity>' as term, nano_positive - nano_negative as nano from differences

    union all

    select {{ keys }}, language, place || ':<opinion>' as term, (nano_positive + nano_negative) / 2.0 - nano_neutral as nano
    from differences

),

terms as (

    select {{ keys }}, language, place || ':' || token as term from placed

    union all

    select {{ keys }}, language, term || cast(cast(least(greatest(floor(nano / 5e8), -6), 6) as integer) as varchar) as term
    from log_odds

)

select {{ keys }}, language, array_agg(term) as terms
from terms
group by {{ keys }}, language
{%- endmacro %}

{#
  Columns: key columns, sentiment, p_negative, p_neutral, p_positive, logit_nano_<label>; one row a mention that has
  words around it, in a language that both models know. Arguments as in target_terms; target_weights_relation has
  the rows of ONE version of the target model.
#}
{% macro target_scores(mentions_relation, key_columns, tokens_column, weights_relation, target_weights_relation, language_column='language') -%}
{%- set keys = key_columns | join(', ') -%}
with mention_terms as {{ materialised() }} (

    {{ target_terms(mentions_relation, key_columns, tokens_column, weights_relation, language_column) | indent(4) }}

)

{{ sentiment_scores('mention_terms', key_columns, 'terms', target_weights_relation) }}
{%- endmacro %}

{# The values of a group as a list, in order. #}
{% macro ordered_list(value, sort_key) -%}{{ return(adapter.dispatch('ordered_list', 'listenhouse')(value, sort_key)) }}{%- endmacro %}
{% macro duckdb__ordered_list(value, sort_key) -%}
    list_transform(list_sort(list({sort_key: {{ sort_key }}, item: {{ value }}})), lambda pair: pair.item) {# thrice as fast as list(... order by ...) #}
{%- endmacro %}

{# Whether an item is in a list; no list has none. #}
{% macro list_has(list, item) -%}{{ return(adapter.dispatch('list_has', 'listenhouse')(list, item)) }}{%- endmacro %}
{% macro duckdb__list_has(list, item) -%}coalesce(list_contains({{ list }}, {{ item }}), false){%- endmacro %}
