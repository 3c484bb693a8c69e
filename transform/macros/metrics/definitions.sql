{# Atoms that a definition may sum, in the order of dim_metric_definitions. #}
{% macro defined_atoms() -%}
    {{ return(['like_count', 'comment_count', 'share_count', 'quote_count', 'save_count', 'click_count',
        'view_count', 'impression_count', 'reach_count']) }}
{%- endmacro %}

{#
  The sum of the atoms that a definition names (`atoms`, a text of names apart by blanks); NULL where none of
  them is given, which is not the same as zero.
#}
{% macro sum_of_atoms(atoms, prefix='') -%}
    case
        when coalesce(
            {%- for atom in defined_atoms() %}
            case when ' ' || {{ atoms }} || ' ' like '% {{ atom }} %' then {{ prefix }}{{ atom }} end{{ ',' if not loop.last }}
            {%- endfor %}
        ) is not null
            then
                {%- for atom in defined_atoms() %}
                case when ' ' || {{ atoms }} || ' ' like '% {{ atom }} %' then coalesce({{ prefix }}{{ atom }}, 0) else 0 end{{ ' +' if not loop.last }}
                {%- endfor %}
    end
{%- endmacro %}

{#
  The definitions of a metric for each platform of a relation (column `platform`): a platform's own ones where
  it has any, else those for all. `of_platform` is the platform that a row holds for.
#}
{% macro definitions_of(metric, relation) -%}
    select platforms.platform as of_platform, definitions.*
    from (select distinct platform from {{ relation }}) as platforms
    inner join {{ ref('dim_metric_definitions') }} as definitions
        on definitions.metric = '{{ metric }}' and definitions.platform in ('all', platforms.platform)
    where
        definitions.platform = platforms.platform
        or platforms.platform not in (
            select own.platform from {{ ref('dim_metric_definitions') }} as own where own.metric = '{{ metric }}'
        )
{%- endmacro %}

{# Whether a definition holds for a platform on a day; several versions do, while they overlap. #}
{% macro definition_holds(definition, platform, day) -%}
    {{ definition }}.of_platform = {{ platform }}
    and {{ definition }}.valid_from <= {{ day }}
    and ({{ definition }}.valid_to is null or {{ day }} <= {{ definition }}.valid_to)
{%- endmacro %}
