{# a / b as a fraction, NULL where there is nothing to divide by. #}
{% macro ratio(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif({{ denominator }}, 0))
{%- endmacro %}

{# Wilson score interval of k successes in n at 95% (Wilson 1927). side is 'low' or 'high'. #}
{% macro wilson(k, n, side) -%}
    {%- set sign = '-' if side == 'low' else '+' -%}
    case when {{ n }} > 0 then (
        (cast({{ k }} as double) / {{ n }} + 3.8414588 / (2 * {{ n }}))
        {{ sign }} 1.9599640 * sqrt(
            greatest(cast({{ k }} as double) / {{ n }} * (1 - cast({{ k }} as double) / {{ n }}), 0) / {{ n }}
            + 3.8414588 / (4.0 * {{ n }} * {{ n }})
        )
    ) / (1 + 3.8414588 / {{ n }}) end
{%- endmacro %}
