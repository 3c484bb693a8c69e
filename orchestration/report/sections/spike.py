"""The largest unusual hours of the own brands: when, how much, and what was different in them."""

from datetime import datetime, timedelta, timezone
from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, Excerpt, Excerpts, Facts, LegendEntry, Section, Table
from orchestration.report.definitions import define
from orchestration.report.private import HIDDEN, excerpt
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Scene

_MARTS = (
    "mart_volume_anomalies",
    "fct_mentions",
    "fct_mention_sentiment",
    "fct_mention_topics",
    "fct_posts",
)

EPISODES = 5
EXCERPTS = 3
TOPICS = 6
TERMS = 10
MATCHED_TERMS = 6
MINIMUM_AUTHORS = 5
"""A word shows only if so many authors used it."""
SAMPLED_POSTS = 10_000
"""Posts read for words, of the episode and of the time before it: what a page can wait for."""

_AROUND = timedelta(hours=36)
_LONGEST = timedelta(days=14)
_TITLE = ("spike", "Unusual hours")


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build the section from the episode that deviates by the most mentions; others are in a table."""
    episodes = largest_episodes(release, scene)
    if not episodes:
        return Section(
            *_TITLE, empty="No unusual hour: what is usual needs at least three weeks of mentions."
        )
    episode = episodes[0]
    span = _span(episode)
    mood = release.rows("spike_mood", **span)
    if not mood:
        return Section(*_TITLE, empty="The mentions of the unusual hours are not in this release.")
    blocks = [
        _facts(mood, episode, scene),
        _chart(release, scene, episode),
        *_what_was_different(release, span),
    ]
    posts = release.rows("spike_posts", **span, rows=EXCERPTS)
    if posts:
        blocks.append(_excerpts(posts, scene))
    if len(episodes) > 1:
        blocks.append(_episodes_table(episodes, scene))
    return Section(*_TITLE, f"{describe(episode, scene)}.", blocks)


def largest_episodes(release: ReleaseFile, scene: Scene) -> list[dict[str, Any]]:
    """Return the episodes of the charts' days, the largest deviation in mentions first."""
    if scene.period is None or not release.has(*_MARTS):
        return []
    return release.rows(
        "spike_episodes",
        entities=[brand.brand_id for brand in scene.focus],
        first_date=scene.period.chart_start,
        episodes=EPISODES,
    )


def describe(episode: dict[str, Any], scene: Scene) -> str:
    """Return an episode in a sentence without its full stop."""
    first, last = (formats.moment(episode[end], scene.zone) for end in ("starts_at", "ends_at"))
    hours = "unusual hour" + "s" * (episode["anomalous_hours"] > 1)
    return (
        f"{scene.name(episode['entity_id'])} was mentioned {formats.count(episode['mentions'])} times in "
        f"{episode['anomalous_hours']} {hours} from {first} to {last} ({scene.zone_name}), where "
        f"{formats.count(episode['usual_mentions'])} mentions are usual"
    )


def standout_words(release: ReleaseFile, episode: dict[str, Any]) -> list[str]:
    """Return the words that stand out in an episode, the most striking first."""
    return [row["word"] for row in _standout_terms(release, _span(episode))]


def _span(episode: dict[str, Any]) -> dict[str, Any]:
    return {name: episode[name] for name in ("entity_id", "starts_at", "ends_at")}


def _facts(mood: list[dict[str, Any]], episode: dict[str, Any], scene: Scene) -> Facts:
    by_time = {row["is_episode"]: row for row in mood}
    now, before = by_time.get(True), by_time.get(False)
    return Facts(
        [
            (
                "Mentions, whole episode",
                formats.count(now["mentions"] if now else 0),
                f"by {formats.count(now['authors'] if now else 0)} authors",
            ),
            (
                "Peak hour",
                formats.moment(episode["peak_at"], scene.zone),
                f"{formats.count(episode['peak_mentions'])} mentions, usual "
                f"{formats.decimal(episode['peak_usual_mentions'])}",
            ),
            (
                "Negative, raw",
                formats.percent(_negative(now)),
                f"28 days before: {formats.percent(_negative(before))}",
            ),
        ]
    )


def _negative(row: dict[str, Any] | None) -> float | None:
    return row["negative"] / row["scored"] if row and row["scored"] else None


def _chart(release: ReleaseFile, scene: Scene, episode: dict[str, Any]) -> Chart:
    # One offset for the whole chart: an hour that the clocks repeat would else be drawn twice.
    shift = episode["peak_at"].astimezone(scene.zone).utcoffset()
    clock = timezone(shift)
    from_at = episode["starts_at"] - _AROUND
    rows = release.rows(
        "spike_hours",
        entity_id=episode["entity_id"],
        from_at=from_at,
        to_at=min(episode["ends_at"] + _AROUND, from_at + _LONGEST),
    )
    name = scene.name(episode["entity_id"])
    hours = [row["hour_at"].astimezone(clock).replace(tzinfo=None) for row in rows]
    colors = [plots.OWN if row["anomaly_kind"] is None else "--alert" for row in rows]
    hover = [_hover(row) for row in rows]
    zone = f"{scene.zone_name}, {formats.offset(shift)}"
    return Chart(
        title=f"Mentions by hour: {name}",
        alt=f"Bar chart of hourly mentions around the episode. {describe(episode, scene)}.",
        traces=[
            {
                "type": "bar",
                "name": plots.plot_text(name),
                "x": [hour.isoformat(sep=" ") for hour in hours],
                "y": [row["mentions"] for row in rows],
                "text": hover,
                "textposition": "none",
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {"color": colors},
            },
            plots.line(
                "Usual for the hour of the week",
                hours,
                [row["median_mentions"] for row in rows],
                [f"usual {formats.decimal(row['median_mentions'])}" for row in rows],
                color="--ink",
                width=1.5,
            ),
        ],
        layout=plots.layout(
            xaxis=_hour_axis(hours), yaxis={"rangemode": "tozero", "tickformat": ",d"}, bargap=0.15
        ),
        definition=define(episode["metric_version"], "anomalies"),
        metric_version=episode["metric_version"],
        table=_hours_table(name, rows, clock, zone),
        legend=(
            LegendEntry("Mentions in the hour", plots.OWN, "area"),
            LegendEntry("Unusual hour", "--alert", "area"),
            LegendEntry("Usual at that hour of the week", "--ink"),
        ),
        note=f"Hours in {zone}; the usual level is known for unusual hours only.",
    )


def _hour_axis(hours: list[datetime]) -> dict[str, Any]:
    return plots.time_axis(hours[0], hours[-1], hover="%a %-d %b %Y, %H:00")


def _hover(row: dict[str, Any]) -> str:
    mentions = f"{formats.count(row['mentions'])} mentions"
    return mentions if row["anomaly_kind"] is None else f"{mentions}, z = {formats.decimal(row['robust_z'])}"


def _hours_table(name: str, rows: list[dict[str, Any]], clock: timezone, zone: str) -> Table:
    cells = [
        (
            formats.moment(row["hour_at"], clock),
            formats.count(row["mentions"]),
            formats.decimal(row["median_mentions"]),
            formats.decimal(row["robust_z"]),
            row["anomaly_kind"] or "",
        )
        for row in rows
    ]
    columns = (f"Hour ({zone})", "Mentions", "Usual", "z", "Unusual")
    return Table(f"Mentions of {name} by hour", columns, cells)


def _what_was_different(release: ReleaseFile, span: dict[str, Any]) -> list[Table]:
    columns = ("Mentions", "Share", "Before")
    tables = []
    topics = release.rows("spike_topics", **span, rows=TOPICS)
    if topics:
        cells = [(formats.words(row["topic"]), *_shares(row)) for row in topics]
        tables.append(
            Table(
                "Leading topics, and their share in the 28 days before",
                ("Topic", *columns),
                cells,
                width="third",
            )
        )
    terms = _standout_terms(release, span)
    if terms:
        cells = [(row["word"], *_shares(row)) for row in terms]
        caption = f"Words that stand out, each of {MINIMUM_AUTHORS} authors or more"
        tables.append(Table(caption, ("Word", *columns), cells, width="third"))
    matched = release.rows("spike_matched_terms", **span, rows=MATCHED_TERMS)
    cells = [(row["matched_terms"], formats.count(row["mentions"])) for row in matched]
    tables.append(
        Table("What matched the brand's query", ("Matched terms", "Mentions"), cells, width="third")
    )
    return tables


def _standout_terms(release: ReleaseFile, span: dict[str, Any]) -> list[dict[str, Any]]:
    return release.rows(
        "spike_terms", **span, private=HIDDEN, posts=SAMPLED_POSTS, authors=MINIMUM_AUTHORS, rows=TERMS
    )


def _shares(row: dict[str, Any]) -> tuple[str, str, str]:
    return (
        formats.count(row["mentions"]),
        formats.percent(row["share"]),
        formats.percent(row["usual_share"]),
    )


def _excerpts(posts: list[dict[str, Any]], scene: Scene) -> Excerpts:
    excerpts = []
    for post in posts:
        parts = [post["platform"], formats.moment(post["posted_at"], scene.zone)]
        if post["engagement_total"] is not None:
            parts.append(f"{formats.count(post['engagement_total'])} interactions")
        if post["sentiment_label"]:
            label = post["sentiment_label"]
            parts.append("not scored" if label == "unscored" else f"scored {label}")
        excerpts.append(Excerpt(excerpt(post["text"]), " · ".join(parts)))
    return Excerpts("Most engaged posts of the episode", excerpts)


def _episodes_table(episodes: list[dict[str, Any]], scene: Scene) -> Table:
    columns = ("From", "Brand", "Kind", "Unusual hours", "Mentions", "Usual", "Largest z")
    cells = [
        (
            formats.moment(row["starts_at"], scene.zone),
            scene.name(row["entity_id"]),
            row["anomaly_kind"],
            formats.count(row["anomalous_hours"]),
            formats.count(row["mentions"]),
            formats.count(row["usual_mentions"]),
            formats.decimal(row["largest_z"]),
        )
        for row in episodes
    ]
    return Table(
        f"The {len(episodes)} largest episodes, by deviation in mentions ({scene.zone_name})",
        columns,
        cells,
        text_columns=3,
    )
