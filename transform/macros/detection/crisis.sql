{#
  crisis_score.v1, 0 to 100, from four parts that are stored and add up to it:

  velocity  0-40  mentions of six hours against the usual ones of these hours of the week,
                  (x - usual) / sqrt(usual + 1); 10 gives all points
  negative  0-30  share of negative among the scored mentions of 24 hours against the 28 days before:
                  pooled two-proportion z test; 6 gives all points
  spread    0-15  authors / mentions of 24 hours: many voices, not one that floods
  source    0-15  the largest single audience that spoke in 24 hours, ln(1 + followers) / ln(1 + 1,000,000)

  Spread and source only weigh what velocity or negativity have found (they are multiplied by the larger of the two
  fractions): a loud author on a quiet day is no crisis. A part that is not known (no followers given, nothing
  scored) is NULL, and the score is made of the others, scaled up to 100; without velocity there is no score.
#}
{% macro crisis_parts() -%}{{ return({'velocity': 40, 'negative': 30, 'spread': 15, 'source': 15}) }}{%- endmacro %}

{# Pooled two-proportion z of k1 in n1 against k0 in n0; NULL where one of them is empty or nothing varies. #}
{% macro two_proportion_z(k1, n1, k0, n0) -%}
    case when {{ n1 }} > 0 and {{ n0 }} > 0 then
        (cast({{ k1 }} as double) / {{ n1 }} - cast({{ k0 }} as double) / {{ n0 }})
        / nullif(sqrt(
            cast({{ k1 }} + {{ k0 }} as double) / ({{ n1 }} + {{ n0 }})
            * (1 - cast({{ k1 }} + {{ k0 }} as double) / ({{ n1 }} + {{ n0 }}))
            * (1 / cast({{ n1 }} as double) + 1 / cast({{ n0 }} as double))
        ), 0)
    end
{%- endmacro %}

{# Severity of a crisis by the highest score that it reached. #}
{% macro crisis_severity(score) -%}
    case when {{ score }} >= 85 then 'critical' when {{ score }} >= 70 then 'high' when {{ score }} is not null then 'medium' end
{%- endmacro %}
