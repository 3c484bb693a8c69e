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
    {{ return(adapter.dispatch('target_terms', 'listenhouse')(
        mentions_relation, key_columns, tokens_column, weights_relation, language_column
    )) }}
{%- endmacro %}

{#
  A mention is a few lists, never a row a word: the target's words cut a post into gaps, and every place is one
  stretch of each gap. In a gap between the positions `own_before` and `own_after` the words up to the middle stand
  behind the one, the rest before the other; a turn ends the clause on its side.
#}
{% macro duckdb__target_terms(mentions_relation, key_columns, tokens_column, weights_relation, language_column) -%}
{%- set keys = key_columns | join(', ') -%}
{%- set labels = ['negative', 'neutral', 'positive'] -%}
{%- set sided_places = ['near_before', 'near_after', 'clause_before', 'clause_after'] -%}
{%- set places = ['post'] + sided_places -%}
with mentioned as (

    select
        {{ keys }},
        {{ language_column }} as language,
        {{ tokens_column }} as tokens,
        list_sort(own_positions) as own_positions,
        coalesce(other_positions, []) as other_positions,
        list_concat(
            coalesce(other_positions, []),
            list_filter(
                list_transform(
                    {{ tokens_column }},
                    lambda token, position: case when token in ({{ turns() | indent(20) }}) then position end
                ),
                lambda position: position is not null
            )
        ) as turn_positions
    from {{ mentions_relation }}
    where len(own_positions) > 0

),

gaps as (

    select
        {{ keys }},
        len(tokens) as last_position,
        other_positions,
        turn_positions,
        unnest(list_prepend(null, own_positions)) as own_before,
        unnest(list_append(own_positions, null)) as own_after
    from mentioned

),

-- Up to the middle a word stands behind `own_before`; where there is none, or no `own_after`, all of the gap is one side.
halves as (

    select
        *,
        case
            when own_before is null then 0
            when own_after is null then last_position
            else (own_before + own_after) // 2
        end as middle,
        list_min(list_filter(turn_positions, lambda turn: turn > own_before and turn < coalesce(own_after, turn + 1))) as first_turn,
        list_max(list_filter(turn_positions, lambda turn: turn < own_after and turn > coalesce(own_before, 0))) as last_turn
    from gaps
    where own_after is distinct from own_before + 1

),

stretches as (

    select
        {{ keys }},
        other_positions,
        range(coalesce(own_before, 0) + 1, coalesce(own_after, last_position + 1)) as post,
        range(greatest(middle + 1, own_after - {{ near_words() }}), own_after) as near_before,
        range(own_before + 1, least(middle, own_before + {{ near_words() }}) + 1) as near_after,
        range(greatest(middle, coalesce(last_turn, 0)) + 1, own_after) as clause_before,
        range(own_before + 1, least(middle + 1, coalesce(first_turn, middle + 1))) as clause_after
    from halves

),

stood as (

    select
        {{ keys }}
        {%- for place in places %},
        list_filter(
            list_sort(flatten(list({{ place }}) filter (where {{ place }} is not null))),
            lambda position: not list_contains(any_value(other_positions), position)
        ) as {{ place }}
        {%- endfor %}
    from stretches
    group by {{ keys }}

),

placed as {{ materialised() }} (

    select
        {% for key in key_columns %}mentioned.{{ key }}, {% endfor %}
        mentioned.language
        {%- for place in places %},
        list_select(mentioned.tokens, stood.{{ place }}) as {{ place }}
        {%- endfor %}
    from mentioned
    inner join stood
        on {% for key in key_columns %}{{ 'and ' if not loop.first }}mentioned.{{ key }} = stood.{{ key }}{% endfor %}
    where len(stood.post) > 0

),

places as {{ materialised() }} (

    {% for place in places -%}
    select {{ keys }}, '{{ place }}' as place, language as mention_language, {{ place }} as tokens
    from placed
    where len({{ place }}) > 0
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

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
        place_scores.place
        {%- for label in labels %},
        place_scores.logit_nano_{{ label }} - intercepts.logit_nano_{{ label }} as nano_{{ label }}
        {%- endfor %}
    from place_scores
    inner join intercepts on place_scores.mention_language = intercepts.language and intercepts.term = ''

),

moods as (

    select
        {{ keys }},
        flatten(list([
            place || ':<polarity>' || {{ mood_step('nano_positive - nano_negative') }},
            place || ':<opinion>' || {{ mood_step('(nano_positive + nano_negative) / 2.0 - nano_neutral') }}
        ])) as terms
    from differences
    group by {{ keys }}

)

select
    {% for key in key_columns %}placed.{{ key }}, {% endfor %}
    placed.language,
    list_concat(
        {% for place in places -%}
        list_transform(placed.{{ place }}, lambda token: '{{ place }}:' || token),
        {% endfor -%}
        moods.terms
    ) as terms
from placed
left join moods
    on {% for key in key_columns %}{{ 'and ' if not loop.first }}placed.{{ key }} = moods.{{ key }}{% endfor %}
{%- endmacro %}

{# The step that log-odds (nano) reach: halves, the ends open. #}
{% macro mood_step(nano) -%}
cast(cast(least(greatest(floor(({{ nano }}) / 5e8), -6), 6) as integer) as varchar)
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
