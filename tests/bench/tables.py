"""The figures as tables for people."""

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

MARK_POSTS_PER_SECOND, MARK_BYTES, MARK_RATIO = 10_000, 2_000_000_000, 1.5
"""What the project promises on two idle cores: end to end, peak memory, increment on top of 500,000 posts."""

MARK_MATCHING_SECONDS, MATCHED_TERMS = 60, 50
"""100 brands of 50 terms over 1,000,000 posts."""

MARK_SCORED_PER_SECOND = 50_000
"""Sentiment in SQL, on two idle cores."""


MARK_EVENTS_PER_SECOND, MARK_BEHIND_MS = 5_000, 1_000
"""Of a stream, for a minute, on two cores: the source is never further behind."""


def show(figures: dict, console: Console) -> None:
    """Print everything that was measured."""
    console.print(Group(_machine(figures), _road(figures), _yardsticks(figures), _increments(figures)))


def show_matching(matching: dict, console: Console) -> None:
    """Print how the cost of matching grows with the number of brands."""
    title = f"Matching {matching['posts']:,} posts, queries of about {MATCHED_TERMS} terms"
    table = _table(
        title,
        "brands",
        "terms",
        "hits",
        "mentions",
        "seconds",
        "µs a post",
        "CPU s of the process",
        "peak memory",
    )
    for row in matching["curve"]:
        seconds = sum(row["seconds"].values())
        table.add_row(
            f"{row['brands']:,}",
            f"{row['terms']:,}",
            f"{row['hits']:,}",
            f"{row['mentions']:,}",
            f"{seconds:.1f}",
            f"{seconds / matching['posts'] * 1e6:.1f}",
            f"{row['cpu_seconds']:.1f}",
            _bytes(row["peak_process_bytes"]),
        )
    table.add_row("  mark", "", "", "", f"{MARK_MATCHING_SECONDS}", style="dim")
    console.print(table)


def show_jetstream(heard: dict, console: Console) -> None:
    """Print whether the source held the stream."""
    table = _table(
        f"Jetstream: {heard['rate']:,} events a second for {heard['seconds']} s",
        "",
        "events/s sent",
        "events/s read",
        "ms behind at the end",
        "posts landed",
        "deleted",
        "quarantined",
        "CPU s",
        "peak memory",
    )
    counts = (
        "sent_per_second",
        "events_per_second",
        "milliseconds_behind",
        "posts",
        "deleted",
        "quarantined",
    )
    table.add_row(
        "one run",
        *(f"{heard[count]:,}" for count in counts),
        f"{heard['cpu_seconds']:.1f}",
        _bytes(heard["peak_tree_bytes"]),
    )
    table.add_row("  mark", "", f"{MARK_EVENTS_PER_SECOND:,}", f"{MARK_BEHIND_MS:,}", style="dim")
    console.print(table)


def show_scoring(scored: dict, console: Console) -> None:
    """Print how fast each task is scored, by SQL and by scikit-learn."""
    table = _table(
        f"Scoring {scored['posts']:,} posts, tokens given",
        "task",
        "by",
        "seconds",
        "rows/s",
        "CPU s",
        "peak memory",
    )
    for task, by in scored["tasks"].items():
        for step, name in (("sql", "SQL"), ("sklearn", "scikit-learn predict")):
            took = by[step]
            table.add_row(
                task,
                name,
                f"{took['seconds']:.1f}",
                f"{took['posts'] / took['seconds']:,.0f}",
                f"{took['cpu_seconds']:.1f}",
                _bytes(took["peak_process_bytes"]),
            )
    seconds = sum(by["sql"]["seconds"] for by in scored["tasks"].values())
    table.add_row(
        "all, posts/s", "SQL", f"{seconds:.1f}", f"{scored['posts'] / seconds:,.0f}", "", "", style="bold"
    )
    table.add_row("  mark for sentiment", "SQL", "", f"{MARK_SCORED_PER_SECOND:,}", "", "", style="dim")
    console.print(table)


def _machine(figures: dict) -> Text:
    machine = figures["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return Text(
        f"{machine['cpu']}, {machine['cores']} cores, {_bytes(machine['memory_bytes'])}, "
        f"load {machine['load_average'][0]} before the start\nPython {machine['python']}, {versions}\n"
        f"{figures['sizes']['posts']:,} posts, {_bytes(figures['file_bytes'])} of JSON lines; "
        f"{figures['published_posts']:,} in the release\n"
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _road(figures: dict) -> Table:
    road = figures["road"]
    table = _table("The road", "stage", "wall s", "CPU s", "posts/s", "peak memory")
    for name, stage in road["stages"].items():
        table.add_row(name, *_costs(stage))
    table.add_row("end to end", *_costs(road), style="bold")
    table.add_row("  largest process", "", "", "", _bytes(road["peak_process_bytes"]))
    table.add_row("  first mark", "", "", f"{MARK_POSTS_PER_SECOND:,}", _bytes(MARK_BYTES), style="dim")
    table.add_row("")
    return table


def _yardsticks(figures: dict) -> Table:
    names = {
        "duckdb_read": "DuckDB reading the same file",
        "naive": "dlt defaults, pandas, row by row",
    }
    table = _table("Yardsticks", "", "posts", "wall s", "CPU s", "posts/s", "peak memory")
    for name, told in names.items():
        cost = figures["yardsticks"][name]
        table.add_row(told, f"{cost['posts']:,}", *_costs(cost))
    table.add_row("")
    return table


def _increments(figures: dict) -> Table:
    increments = figures["increments"]
    table = _table(
        f"A day of {increments['posts']:,} new posts", "run", "wall s (each repeat)", "CPU s (each repeat)"
    )
    names = {
        "empty": "on an empty warehouse (creates its tables)",
        "small_idle": "nothing new, small warehouse",
        "small": "on a warehouse of one day",
        "big_idle": "nothing new, big warehouse",
        "big": "on the big warehouse",
    }
    for kind, told in names.items():
        runs = increments["runs"][kind]
        table.add_row(
            told, *(" ".join(f"{run[key]:.1f}" for run in runs) for key in ("wall_seconds", "cpu_seconds"))
        )
    for baseline, told in (("empty", "the empty one"), ("small", "one of a day")):
        ratios = (increments[f"ratio_{what}_over_{baseline}"] for what in ("wall", "cpu"))
        table.add_row(f"big over {told}, beyond start-up", *map(_ratio, ratios), style="bold")
    table.add_row("  first mark", f"{MARK_RATIO}", "", style="dim")
    return table


def _costs(cost: dict) -> tuple[str, str, str, str]:
    rate = cost["posts_per_second"]
    return (
        f"{cost['wall_seconds']:.1f}",
        f"{cost['cpu_seconds']:.1f}",
        "-" if rate is None else f"{rate:,}",
        _bytes(cost["peak_tree_bytes"]),
    )


def _ratio(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def _bytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
