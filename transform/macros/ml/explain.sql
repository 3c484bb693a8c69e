{#
  Why a text got its score: what each of its features that the model knows adds to every label, one row a feature.

  Columns: key columns, term ('' is where every text starts), effect_<label> in logits (double). With
  `contrasted`, for labels that exclude one another, an effect is the weight less the mean weight of all labels:
  adding the same to every label changes no probability (softmax), so only the difference explains anything.
  Without it, for labels that are decided one by one, it is the weight.

  Arguments as in score.sql; `labels` are all labels of the model.
#}
{% macro term_effects(posts_relation, key_columns, tokens_column, weights_relation, labels, contrasted=true, language_column='language') -%}
{%- set keys = key_columns | join(', ') -%}
{%- set columns = [] -%}
{%- for label in labels -%}{%- do columns.append('logit_nano_' ~ label) -%}{%- endfor -%}
{%- set known_terms -%}
select weights_by_term.*, weights_by_term.term as feature
from (
    {{ weights_by_term(weights_relation, labels) | indent(4) }}
) as weights_by_term
{%- endset -%}
select
    {{ keys }},
    feature as term
    {%- for column in columns %},
    {% if contrasted -%}
    cast({{ columns | length }} * sum({{ column }}) - sum({{ columns | join(' + ') }}) as double) / {{ columns | length }}e9
    {%- else -%}
    cast(sum({{ column }}) as double) / 1e9
    {%- endif %} as effect_{{ labels[loop.index0] }}
    {%- endfor %}
from (
    {{ feature_weights(posts_relation, key_columns, tokens_column, language_column, true, ['feature'] + columns, known_terms) | indent(4) }}
) as evidence
group by {{ keys }}, feature
{%- endmacro %}

{#
  The terms that weighed most on the label that a text got, as one text: 'leaks +1.84 | love -0.92', strongest
  first, terms of equal weight by the alphabet. What moves nothing by 0.01 logits is left out; NULL where nothing is left.

  effects_relation   term_effects with a column `label` beside them; the key columns name a text in it
#}
{% macro top_terms(effects_relation, key_columns, labels, most=5) -%}
{%- set keys = key_columns | join(', ') -%}
select
    {{ keys }},
    string_agg(
        term || case when effect > 0 then ' +' else ' ' end || cast(effect as varchar), ' | ' order by place
    ) as top_terms
from (
    select
        {{ keys }}, term, effect,
        row_number() over (partition by {{ keys }} order by abs(effect) desc, term) as place
    from (
        select
            {{ keys }}, term,
            cast(
                case label {% for label in labels %}when '{{ label }}' then effect_{{ label }} {% endfor %}end
                as decimal(18, 2)
            ) as effect
        from {{ effects_relation }}
        where term <> ''
    ) as rounded
    where effect <> 0
) as placed
where place <= {{ most }}
group by {{ keys }}
{%- endmacro %}
