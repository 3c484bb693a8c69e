-- One view for all networks: each further one would cost every run its time, also where it is switched off.
{% for name in network_sources('posts') %}
select * from (
{{ stage_reads('raw_' ~ name) }}
) as {{ name }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
