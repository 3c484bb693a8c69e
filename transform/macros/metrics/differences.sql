{#
  Differences of two groups with a 95% interval. Sums and sums of squares are whole numbers, so that the order
  of rows cannot change a result.
#}

{# Sum of squares of a whole number, exact. #}
{% macro sum_of_squares(value) -%}
    sum(cast({{ value }} as decimal(19, 0)) * cast({{ value }} as decimal(19, 0)))
{%- endmacro %}

{# Squared standard error of a mean from n, sum and sum of squares; NULL below two. #}
{% macro squared_error_of_mean(n, total, squares) -%}
    (
        case when {{ n }} > 1 then {{ not_below(
            '(cast(' ~ squares ~ ' as double) - cast(' ~ total ~ ' as double) * cast(' ~ total ~ ' as double) / ' ~ n ~ ') / (' ~ n ~ ' - 1) / ' ~ n, 0
        ) }} end
    )
{%- endmacro %}

{#
  End of the interval of p1 - p2 from the Wilson intervals of both (Newcombe 1998, method 10). side is 'low' or 'high'.
#}
{% macro newcombe(k1, n1, k2, n2, side) -%}
    {%- set p1, p2 = ratio(k1, n1), ratio(k2, n2) -%}
    {%- if side == 'low' -%}
    ({{ p1 }} - {{ p2 }} - sqrt(power({{ p1 }} - {{ wilson(k1, n1, 'low') }}, 2) + power({{ wilson(k2, n2, 'high') }} - {{ p2 }}, 2)))
    {%- else -%}
    ({{ p1 }} - {{ p2 }} + sqrt(power({{ wilson(k1, n1, 'high') }} - {{ p1 }}, 2) + power({{ p2 }} - {{ wilson(k2, n2, 'low') }}, 2)))
    {%- endif -%}
{%- endmacro %}
