{# NPS = %promoters (9, 10) - %detractors (0 to 6), in points from -100 to 100. #}
{% macro nps(promoters, detractors, responses) -%}
    (100 * {{ ratio('(' ~ promoters ~ ' - ' ~ detractors ~ ')', responses) }})
{%- endmacro %}

{# Standard error of NPS in points: 100 sqrt((p + d - (p - d)^2) / n), p and d as fractions. #}
{% macro nps_standard_error(promoters, detractors, responses) -%}
    (100 * sqrt(greatest(
        {{ ratio('(' ~ promoters ~ ' + ' ~ detractors ~ ')', responses) }}
        - power({{ ratio('(' ~ promoters ~ ' - ' ~ detractors ~ ')', responses) }}, 2), 0)
        / nullif({{ responses }}, 0)))
{%- endmacro %}

{# CSAT = share of answers 4 and 5 on a scale of 1 to 5, in percent. #}
{% macro csat(satisfied, answers) -%}(100 * {{ ratio(satisfied, answers) }}){%- endmacro %}
