{#
  Linear models as SQL. A model is rows of (language, label, term, weight_nano); the term '' is the
  intercept, a term with one space is a pair of neighbouring tokens, '!' and a token is that token soon
  after a negator, '~' and some characters are a part of words that the model does not know. A post's
  score for a label is the intercept plus the weights of the features it has; words, pairs and negated
  tokens count once however often they occur, a part once for each distinct unknown word that has it.

  Weights are whole numbers (weight x 1e9), so sums are exact: they depend neither on the order of rows
  nor on the engine. A post in a language that the weights do not know gets no row: it is unscored,
  never neutral.

  Arguments of every macro here:
    posts_relation     relation or CTE with one row a post
    key_columns        list of columns that identify a post
    tokens_column      list of text, from the macro `tokens`
    weights_relation   relation or CTE with the rows of ONE model version
    language_column    language of the post, ISO 639-1
#}

{#
  Columns: key columns, label, logit_nano (bigint); one row a post and label.
  every_label=false leaves out the labels for which a post has no known feature (their score is the
  bare intercept): with many labels that is most of the rows.
#}
{% macro linear_scores(posts_relation, key_columns, tokens_column, weights_relation, language_column='language', every_label=true) -%}
{%- set keys = key_columns | join(', ') -%}
select
    {{ keys }},
    label,
    cast(sum(weight_nano) {%- if not every_label %} + max(intercept_nano) {%- endif %} as bigint) as logit_nano
from (
    {{ feature_weights(posts_relation, key_columns, tokens_column, language_column, every_label,
        ['label', 'weight_nano'] + ([] if every_label else ['intercept_nano']),
        weights_by_label(weights_relation, every_label)) | indent(4) }}
) as evidence
group by {{ keys }}, label
{%- endmacro %}

{#
  The same sums with one row a post and one column a label: logit_nano_<label>. Three times faster than
  rows where a model has few labels and its terms weigh on all of them.
#}
{% macro linear_scores_wide(posts_relation, key_columns, tokens_column, weights_relation, labels, language_column='language') -%}
{%- set keys = key_columns | join(', ') -%}
{%- set columns = [] -%}
{%- for label in labels -%}{%- do columns.append('logit_nano_' ~ label) -%}{%- endfor -%}
select
    {{ keys }}
    {%- for column in columns %},
    cast(sum({{ column }}) as bigint) as {{ column }}
    {%- endfor %}
from (
    {{ feature_weights(posts_relation, key_columns, tokens_column, language_column, true, columns,
        weights_by_term(weights_relation, labels)) | indent(4) }}
) as evidence
group by {{ keys }}
{%- endmacro %}

{#
  Columns: key columns, sentiment, p_negative, p_neutral, p_positive, logit_nano_<label>.
  A tie is neutral: a text whose evidence for and against cancels out is never called negative.
#}
{% macro sentiment_scores(posts_relation, key_columns, tokens_column, weights_relation, language_column='language') -%}
{%- set keys = key_columns | join(', ') -%}
{%- set labels = ['negative', 'neutral', 'positive'] -%}
select
    {{ keys }},
    case
        when logit_nano_negative > logit_nano_neutral and logit_nano_negative > logit_nano_positive then 'negative'
        when logit_nano_positive > logit_nano_neutral and logit_nano_positive > logit_nano_negative then 'positive'
        else 'neutral'
    end as sentiment
    {%- for label in labels %},
    odds_{{ label }} / (odds_negative + odds_neutral + odds_positive) as p_{{ label }}
    {%- endfor %}
    {%- for label in labels %},
    logit_nano_{{ label }}
    {%- endfor %}
from (
    select
        {{ keys }}
        {%- for label in labels %},
        logit_nano_{{ label }},
        exp(greatest((
            logit_nano_{{ label }} - greatest(logit_nano_negative, logit_nano_neutral, logit_nano_positive)
        ) / 1e9, -700)) as odds_{{ label }}
        {%- endfor %}
    from (
        {{ linear_scores_wide(posts_relation, key_columns, tokens_column, weights_relation, labels, language_column) | indent(8) }}
    ) as sums
) as odds
{%- endmacro %}

{#
  Columns: key columns, topic, probability, threshold, logit_nano; the topics of a post whose
  probability reaches the topic's own threshold.
  labels_relation has (label, threshold) of the same model version.
#}
{% macro topic_scores(posts_relation, key_columns, tokens_column, weights_relation, labels_relation, language_column='language') -%}
{%- set keys = key_columns | join(', ') -%}
select
    {{ keys }},
    topic,
    probability,
    threshold,
    logit_nano
from (
    select
        {% for key in key_columns %}sums.{{ key }}, {% endfor %}
        sums.label as topic,
        1 / (1 + exp(greatest(least(-sums.logit_nano / 1e9, 700), -700))) as probability,
        labels.threshold,
        sums.logit_nano
    from (
        {{ linear_scores(posts_relation, key_columns, tokens_column, weights_relation, language_column, every_label=false) | indent(8) }}
    ) as sums
    inner join {{ labels_relation }} as labels
        on sums.label = labels.label
) as probabilities
where probability >= threshold
{%- endmacro %}

{# The weights as they are, or without the intercept rows but with the intercept beside each weight. #}
{% macro weights_by_label(weights_relation, intercepts_as_rows) -%}
{%- if intercepts_as_rows -%}
select language, label, term, weight_nano from {{ weights_relation }}
{%- else -%}
select
    weights.language,
    weights.label,
    weights.term,
    weights.weight_nano,
    intercepts.weight_nano as intercept_nano
from {{ weights_relation }} as weights
inner join {{ weights_relation }} as intercepts
    on weights.language = intercepts.language
    and weights.label = intercepts.label
    and intercepts.term = ''
where weights.term <> ''
{%- endif -%}
{%- endmacro %}

{# The weights with one row a term and one column a label. #}
{% macro weights_by_term(weights_relation, labels) -%}
select
    language,
    term
    {%- for label in labels %},
    cast(sum(case when label = '{{ label }}' then weight_nano else 0 end) as bigint) as logit_nano_{{ label }}
    {%- endfor %}
from {{ weights_relation }}
group by language, term
{%- endmacro %}

{#
  Tokens that negate what follows, in all languages that we score: one list, because a model's terms do not know
  their neighbours' language. A word that negates in one language only ('sin', 'ne') negates nothing that the
  weights of another have learnt.
#}
{% macro negators() -%}
{%- set words = [
    "not", "no", "never", "cannot", "can't", "cant", "don't", "dont", "doesn't", "doesnt", "didn't", "didnt",
    "isn't", "isnt", "wasn't", "wasnt", "aren't", "arent", "weren't", "werent", "won't", "wont", "wouldn't",
    "wouldnt", "couldn't", "couldnt", "shouldn't", "shouldnt", "haven't", "havent", "hasn't", "hasnt", "hadn't",
    "hadnt", "ain't", "aint", "nothing", "nobody", "none", "neither", "nor", "without", "hardly",
    "nunca", "nada", "sin", "tampoco", "ni", "jamas", "nicht", "nich", "nix", "nie", "kein", "keine", "keinen",
    "keiner", "keinem", "ohne", "kaum", "pas", "jamais", "sans", "rien", "aucun", "aucune", "ne", "non", "mai",
    "niente", "nessuno", "nessuna", "senza", "nao", "nem", "sem", "tidak", "tdk", "tak", "gak", "ga", "ngga",
    "nggak", "enggak", "bukan", "kurang", "belum", "لا", "ليس", "مش", "ما", "لم", "لن", "مو", "غير", "नहीं",
    "नही", "मत", "ना", "न", "nahi", "nahin"
] -%}
{%- for word in words -%}'{{ word | replace("'", "''") }}'{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}

{#
  One row a post and distinct feature that the model knows, with the model's columns; what the features are
  stands in ml/features.py. Single tokens are made distinct before they are joined, pairs and negated tokens
  after: few of them are known, and a pair is never written out as text. A distinct word that no weight knows
  gets the weights of its parts, a row each, before any post is looked at.
  A kind of feature that the weights do not hold costs next to nothing: its lists are empty.
#}
{% macro feature_weights(posts_relation, key_columns, tokens_column, language_column, with_intercept, columns, weights_select) -%}
    {{ return(adapter.dispatch('feature_weights', 'listenhouse')(
        posts_relation, key_columns, tokens_column, language_column, with_intercept, columns, weights_select
    )) }}
{%- endmacro %}

{% macro duckdb__feature_weights(posts_relation, key_columns, tokens_column, language_column, with_intercept, columns, weights_select) -%}
{%- set keys = key_columns | join(', ') -%}
with weights as (
    {{ weights_select | indent(4) }}
),

word_weights as (
    select * from weights where term not like '% %' and left(term, 1) not in ('!', '~')
),

pair_weights as (
    select
        *,
        split_part(term, ' ', 1) as first_token,
        split_part(term, ' ', 2) as second_token
    from weights
    where term like '% %'
),

negated_weights as (
    select
        *,
        substr(term, 2) as token
    from weights
    where left(term, 1) = '!'
),

part_weights as (
    select
        *,
        substr(term, 2) as part
    from weights
    where left(term, 1) = '~'
),

kinds as (
    select
        (select count(*) > 0 from negated_weights) as has_negated,
        (select count(*) > 0 from part_weights) as has_parts
),

words as (
    select
        {{ keys }},
        {{ language_column }} as post_language,
        {% if with_intercept -%}
        unnest(list_distinct(list_append({{ tokens_column }}, ''))) as token
        {%- else -%}
        unnest(list_distinct({{ tokens_column }})) as token
        {%- endif %}
    from {{ posts_relation }}
),

pairs as (
    select
        {{ keys }},
        {{ language_column }} as post_language,
        unnest({{ tokens_column }}[:-2]) as first_token,
        unnest({{ tokens_column }}[2:]) as second_token
    from {{ posts_relation }}
),

scopes as (
    select *
    from (
        select
            {{ keys }},
            {{ language_column }} as post_language,
            unnest(case when kinds.has_negated then {{ tokens_column }} end) as negator,
            unnest(case when kinds.has_negated then {{ tokens_column }}[2:] end) as token_1,
            unnest(case when kinds.has_negated then {{ tokens_column }}[3:] end) as token_2,
            unnest(case when kinds.has_negated then {{ tokens_column }}[4:] end) as token_3
        from {{ posts_relation }}
        cross join kinds
    ) as windows
    where negator in ({{ negators() }})
),

negated as (
    select {{ keys }}, post_language, token_1 as token from scopes
    union all
    select {{ keys }}, post_language, token_2 as token from scopes
    union all
    select {{ keys }}, post_language, token_3 as token from scopes
),

unknown_words as (
    select
        language,
        term,
        '^' || term || '$' as framed
    from (
        select distinct
            {{ language_column }} as language,
            unnest(case when kinds.has_parts then {{ tokens_column }} end) as term
        from {{ posts_relation }}
        cross join kinds
    ) as tokens
    where
        not exists (
            select 1 from word_weights
            where word_weights.language = tokens.language and word_weights.term = tokens.term
        )
        and left(term, 1) not in ('@', '$', '<')
        and length(term) <= 30
),

parts as (
    select
        language,
        term,
        unnest(list_distinct(list_concat(
            list_transform(range(1, length(framed) - 1), lambda i: substring(framed, i, 3)),
            list_transform(range(1, length(framed) - 2), lambda i: substring(framed, i, 4)),
            list_transform(range(1, length(framed) - 3), lambda i: substring(framed, i, 5))
        ))) as part
    from unknown_words
),

all_word_weights as (
    select language, term, {{ columns | join(', ') }} from word_weights
    union all
    select parts.language, parts.term, {{ columns | join(', ') }}
    from parts
    inner join part_weights
        on parts.language = part_weights.language
        and parts.part = part_weights.part
)

select {{ keys }}, {{ columns | join(', ') }}
from words
inner join all_word_weights
    on words.post_language = all_word_weights.language
    and words.token = all_word_weights.term

union all

select {{ keys }}, {{ columns | join(', ') }}
from (
    select distinct {{ keys }}, term, {{ columns | join(', ') }}
    from pairs
    inner join pair_weights
        on pairs.post_language = pair_weights.language
        and pairs.first_token = pair_weights.first_token
        and pairs.second_token = pair_weights.second_token
) as distinct_pairs

union all

select {{ keys }}, {{ columns | join(', ') }}
from (
    select distinct {{ keys }}, term, {{ columns | join(', ') }}
    from negated
    inner join negated_weights
        on negated.post_language = negated_weights.language
        and negated.token = negated_weights.token
) as distinct_negated
{%- endmacro %}
