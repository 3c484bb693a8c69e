{#
  engagement.v1: public interactions that the platform tells of: likes, comments, shares, quotes, saves.
  Views, clicks and impressions are exposure, not engagement. An atom that a platform does not give adds
  nothing; a post with no atom at all has no engagement figure, which is not the same as zero.
#}
{% macro engagement_total(prefix='') -%}
    {%- set atoms = ['like_count', 'comment_count', 'share_count', 'quote_count', 'save_count'] -%}
    case
        when coalesce({% for atom in atoms %}{{ prefix }}{{ atom }}{{ ', ' if not loop.last }}{% endfor %}) is not null
            then {% for atom in atoms %}coalesce({{ prefix }}{{ atom }}, 0){{ ' + ' if not loop.last }}{% endfor %}
    end
{%- endmacro %}
