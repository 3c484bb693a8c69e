{# a / b as a fraction, NULL where there is nothing to divide by. #}
{% macro ratio(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif({{ denominator }}, 0))
{%- endmacro %}

{#
  Wilson score interval of k successes in n at 95% (Wilson 1927), NULL where n is 0. side is 'low' or
  'high'. Rounding may carry an end past 0 or 1 by the last digits: it is held there.
#}
{% macro wilson(k, n, side) -%}
    {%- set sign = '-' if side == 'low' else '+' -%}
    case when {{ n }} > 0 then {{ 'greatest' if side == 'low' else 'least' }}((
        (cast({{ k }} as double) / {{ n }} + 3.8414588 / (2 * {{ n }}))
        {{ sign }} 1.9599640 * sqrt(
            greatest(cast({{ k }} as double) / {{ n }} * (1 - cast({{ k }} as double) / {{ n }}), 0) / {{ n }}
            + 3.8414588 / (4.0 * {{ n }} * {{ n }})
        )
    ) / (1 + 3.8414588 / {{ n }}), {{ '0' if side == 'low' else '1' }}) end
{%- endmacro %}

{#
  A value held at a bound. Unlike greatest and least, which pass over NULL on some engines and would make a
  bound of what nobody knows, an unknown value stays unknown.
#}
{% macro not_below(value, floor) -%}(case when {{ value }} < {{ floor }} then {{ floor }} else {{ value }} end){%- endmacro %}
{% macro not_above(value, ceiling) -%}(case when {{ value }} > {{ ceiling }} then {{ ceiling }} else {{ value }} end){%- endmacro %}
