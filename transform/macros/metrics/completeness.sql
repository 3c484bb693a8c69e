{#
  How much of what exists has been found, from a day that was read twice: capture and recapture.

  `earlier` posts had been found by earlier reads, a last read brought `caught` posts, `again` of them had been
  found before. With a read that does not depend on the ones before, the share of known posts in it is the share
  of all posts that the earlier reads found (Petersen 1896, Lincoln 1930). In Chapman's form of 1951, which has
  hardly any bias from 7 recaptures on (Robson and Regier 1964),

      posts in all     (earlier + 1) (caught + 1) / (again + 1) - 1
      variance         (earlier + 1) (caught + 1) (earlier - again) (caught - again)
                       / ((again + 1)^2 (again + 2))                     (Seber 1970)

  so that besides those found by either read there are (earlier - again) (caught - again) / (again + 1) unseen
  ones. Their 95% interval is log-normal (Chao 1987), since there cannot be fewer than none.

  It is an estimate of what the source would show us for the query: what its API never gives to anybody, no read
  of it can tell. Posts that are hard to find both times (a search ranks them low) make it too low.
#}
{% macro fewest_recaptures() -%}7{%- endmacro %}

{% macro unseen_posts(earlier, caught, again) -%}
    (cast({{ earlier }} - {{ again }} as double) * ({{ caught }} - {{ again }}) / ({{ again }} + 1))
{%- endmacro %}

{# The factor by which the unseen posts may be more, or fewer: exp(1.96 sqrt(ln(1 + variance / unseen^2))). #}
{% macro unseen_factor(earlier, caught, again) -%}
    exp(1.9599640 * sqrt(ln(1 + (
        cast({{ earlier }} + 1 as double) * ({{ caught }} + 1) * ({{ earlier }} - {{ again }}) * ({{ caught }} - {{ again }})
        / (({{ again }} + 1) * ({{ again }} + 1) * ({{ again }} + 2))
    ) / nullif({{ unseen_posts(earlier, caught, again) }} * {{ unseen_posts(earlier, caught, again) }}, 0))))
{%- endmacro %}
