{# The one shape in which all platforms meet, in this order. #}
{% macro post_observation_columns() -%}
    {{ return([
        'observation_id', 'source_name', 'native_post_id', 'platform', 'post_type',
        'title', 'text', 'url', 'language_tag', 'detected_language', 'country',
        'author_key', 'author_followers', 'author_is_verified',
        'parent_post_id', 'reshared_post_id',
        'like_count', 'comment_count', 'share_count', 'quote_count',
        'save_count', 'click_count', 'view_count', 'impression_count',
        'is_deleted', 'created_at', 'edited_at', 'observed_at', 'load_id'
    ]) }}
{%- endmacro %}

{% macro engagement_atoms() -%}
    {{ return([
        'like_count', 'comment_count', 'share_count', 'quote_count',
        'save_count', 'click_count', 'view_count', 'impression_count'
    ]) }}
{%- endmacro %}
