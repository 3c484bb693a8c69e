{# P, N, U are positive, negative and neutral scored mentions. Each variant is a metric of its own. #}

{% macro net_sentiment(p, n, u) -%}{{ ratio('(' ~ p ~ ' - ' ~ n ~ ')', '(' ~ p ~ ' + ' ~ n ~ ' + ' ~ u ~ ')') }}{%- endmacro %}
{% macro net_sentiment_polar(p, n) -%}{{ ratio('(' ~ p ~ ' - ' ~ n ~ ')', '(' ~ p ~ ' + ' ~ n ~ ')') }}{%- endmacro %}
{% macro experience_score(p, n, u) -%}{{ ratio('(100 * ' ~ p ~ ' + 50 * ' ~ u ~ ')', '(' ~ p ~ ' + ' ~ n ~ ' + ' ~ u ~ ')') }}{%- endmacro %}
{% macro brand_health_ratio(p, n) -%}{{ ratio(p, '(' ~ p ~ ' + ' ~ n ~ ')') }}{%- endmacro %}
