{# Within a group of rows a share sums to 1, or is NULL in all of them. #}
{% test shares_sum_to_one(model, keys, shares) %}
{%- for share in shares %}
select {{ keys | join(', ') }}, '{{ share }}' as share_name, sum({{ share }}) as share_sum
from {{ model }}
group by {{ keys | join(', ') }}
having abs(sum({{ share }}) - 1) > 1e-9 or count({{ share }}) not in (0, count(*))
{% if not loop.last %}union all{% endif %}
{%- endfor %}
{% endtest %}
