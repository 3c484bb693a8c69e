"""A few posts as the release holds them, for commands that match queries."""

import duckdb

from ingestion.home import Home

HOSTILE = [
    "'; drop table marts.fct_posts; --",
    "Robert'); delete from marts.fct_posts; --",
    '{{ env_var("HOME") }} {% raw %} {# gone #}',
    "(a+)+$ [ \\d{1,9} .* |",
    "../../etc/passwd",
    "$(rm -rf x) `id` %s {0}",
    '=HYPERLINK("//evil.example")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "-2+3",
    "\tTab",
    "<script>alert(1)</script> [bold]x[/]",
    "مرحبا \u202eright to left\u202c 🔥",
]
"""Texts that mean something to SQL, Jinja, regular expressions, shells, spreadsheets, browsers or terminals."""

POSTS = [
    ("d:1", "x", "en", "original", "I love my Lumora Brew, no leak at all", None),
    ("d:2", "x", "en", "original", "the lumora leaks all over", None),
    ("d:3", "reddit", "de", "original", "Lumora Borealis, die Trilogie", None),
    ("d:4", "x", "en", "reshare", "RT I love my Lumora Brew, no leak at all", "reshare"),
    ("d:5", "reddit", "en", "original", "brevanta beats caldrix", None),
    *((f"h:{n}", "x", "en", "original", f"{text} Lumora", None) for n, text in enumerate(HOSTILE)),
]


def write_posts(home: Home) -> None:
    """Replace the warehouse's marts by one table of posts."""
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute("set TimeZone = 'UTC'; create schema if not exists marts")
        warehouse.execute(
            """
            create or replace table marts.fct_posts (
                post_key varchar, platform varchar, language varchar, post_type varchar, text varchar,
                exclusion_reason varchar
            )
            """
        )
        warehouse.executemany("insert into marts.fct_posts values (?, ?, ?, ?, ?, ?)", POSTS)
        warehouse.execute(
            """
            create or replace table marts.fct_posts as
            select
                *,
                date '2026-03-01' as post_date,
                timestamptz '2026-03-01 10:00:00+00' as posted_at,
                timestamptz '2026-03-01 11:00:00+00' as last_observed_at,
                split_part(post_key, ':', 1) as source_name,
                cast(null as varchar) as title,
                cast(null as varchar) as url,
                cast(null as varchar) as country,
                cast(null as varchar) as author_key,
                cast(null as bigint) as author_followers,
                exclusion_reason is null as is_counted,
                cast(1 as bigint) as engagement_total
            from marts.fct_posts
            """
        )
        warehouse.execute("create schema if not exists listening")
        warehouse.execute("create or replace table listening.settings as select true as is_synthetic")
