{#
  Probabilities of linear models whose classes are not known to dbt: any single choice among classes, and any
  set of yes-or-no questions. Both read `linear_scores_wide`, whose arguments these are.

  `labels` become column names, so they are names that the caller made (c0, c1, ...), never words of a user.
#}

{#
  One class of several. Columns: key columns, label, p_<label> for each (they sum to 1). A tie goes to the label that
  stands first.
#}
{% macro class_scores(posts_relation, key_columns, tokens_column, weights_relation, labels, language_column='language') -%}
{%- set keys = key_columns | join(', ') -%}
select
    {{ keys }},
    case
        {%- for label in labels %}
        when logit_nano_{{ label }} = greatest_nano then '{{ label }}'
        {%- endfor %}
    end as label
    {%- for label in labels %},
    odds_{{ label }} / ({% for other in labels %}{% if not loop.first %} + {% endif %}odds_{{ other }}{% endfor %}) as p_{{ label }}
    {%- endfor %}
from (
    select
        *
        {%- for label in labels %},
        exp(greatest((logit_nano_{{ label }} - greatest_nano) / 1e9, -700)) as odds_{{ label }}
        {%- endfor %}
    from (
        select
            *,
            greatest({% for label in labels %}{% if not loop.first %}, {% endif %}logit_nano_{{ label }}{% endfor %}) as greatest_nano
        from (
            {{ linear_scores_wide(posts_relation, key_columns, tokens_column, weights_relation, labels, language_column) | indent(12) }}
        ) as sums
    ) as logits
) as odds
{%- endmacro %}

{# Several questions, each answered by itself. Columns: key columns, p_<label> for each. #}
{% macro label_probabilities(posts_relation, key_columns, tokens_column, weights_relation, labels, language_column='language') -%}
select
    {{ key_columns | join(', ') }}
    {%- for label in labels %},
    1 / (1 + exp(greatest(least(-logit_nano_{{ label }} / 1e9, 700), -700))) as p_{{ label }}
    {%- endfor %}
from (
    {{ linear_scores_wide(posts_relation, key_columns, tokens_column, weights_relation, labels, language_column) | indent(4) }}
) as sums
{%- endmacro %}
