{# The host of an address without `www.`, in lower case; NULL where there is none. #}
{% macro site_of(url) -%}{{ return(adapter.dispatch('site_of', 'listenhouse')(url)) }}{%- endmacro %}
{% macro duckdb__site_of(url) -%}
    nullif(regexp_extract(lower({{ url }}), '^https?://(?:[^/?#@]*@)?(?:www\.)?([^/:?#]+)', 1), '')
{%- endmacro %}

{#
  Whether a post has the property that a filter row asks for; a property that is not known is none.
  An original is a post that neither reshares nor answers anybody.
#}
{% macro filter_holds(filters, posts) -%}
    coalesce(
        case {{ filters }}.field
            when 'platform' then {{ posts }}.platform = {{ filters }}.value
            when 'site' then {{ posts }}.site = {{ filters }}.value or ends_with({{ posts }}.site, '.' || {{ filters }}.value)
            when 'language' then {{ posts }}.language = {{ filters }}.value
            when 'country' then {{ posts }}.country = {{ filters }}.value
            when 'author' then {{ posts }}.author_key = {{ filters }}.value
            when 'owned' then {{ posts }}.owner_id is not null and {{ filters }}.value in ('', {{ posts }}.owner_id)
            when 'post_kind' then
                case
                    when {{ posts }}.post_type = 'reshare' then 'reshare'
                    when {{ posts }}.post_type in ('reply', 'comment') then 'reply'
                    when {{ posts }}.post_type <> 'quote' then 'original'
                end = {{ filters }}.value
            when 'followers' then
                case {{ filters }}.operator
                    when '>' then {{ posts }}.author_followers > {{ filters }}.number
                    when '>=' then {{ posts }}.author_followers >= {{ filters }}.number
                    when '<' then {{ posts }}.author_followers < {{ filters }}.number
                    when '<=' then {{ posts }}.author_followers <= {{ filters }}.number
                    else {{ posts }}.author_followers = {{ filters }}.number
                end
        end,
        false
    )
{%- endmacro %}
