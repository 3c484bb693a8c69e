"""Pieces of plotly figures that the sections share."""

import html
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from orchestration.report import formats

MAX_SERIES = 8
"""More lines than this in one chart cannot be told apart."""

OWN = "--own"
OWN_BAND = "--own-band"
MUTED = "--muted-line"
SERIES = tuple(f"--series-{number}" for number in range(1, MAX_SERIES + 1))
"""Colours of the others; names of CSS variables, chosen to differ for colour-blind readers too."""

DASHES = ("solid", "dash", "dot", "dashdot")

_LABEL_LENGTH = 40
_WEEK_TICKS = 5
_DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000


def plot_text(text: str) -> str:
    """Return a text so that plotly draws it as it is: plotly reads a subset of HTML and entities.

    Control characters go, long texts are cut.
    """
    printable = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", " ", text)
    cut = printable if len(printable) <= _LABEL_LENGTH else printable[: _LABEL_LENGTH - 1] + "…"
    return html.escape(cut, quote=False)


def line(
    name: str,
    x: Sequence[date | datetime],
    y: Sequence[float | None],
    hover: Sequence[str],
    *,
    color: str,
    width: float = 2,
    dash: str = "solid",
    markers: bool = False,
) -> dict[str, Any]:
    """Return a line that breaks where `y` is None; a point between two gaps is a dot.

    `hover` has one text a point; names in it went through `plot_text`.
    """
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plot_text(name),
        "x": _moments(x),
        "y": rounded(y),
        "text": list(hover),
        "hovertemplate": "%{text}<extra></extra>",
        "connectgaps": False,
        "line": {"color": color, "width": width, "dash": dash},
        "marker": {"color": color, "size": 5 if markers else _sizes_of_lone_points(y)},
        "cliponaxis": False,
    }


def band(
    name: str,
    x: Sequence[date | datetime],
    low: Sequence[float | None],
    high: Sequence[float | None],
    *,
    color: str = OWN_BAND,
) -> dict[str, Any]:
    """Return the area between two limits: one polygon for each run of days that have both.

    plotly's `tonexty` would fill across a gap; closed polygons do not.
    """
    xs: list[str | None] = []
    ys: list[float | None] = []
    for run in _runs([a is not None and b is not None for a, b in zip(low, high, strict=True)]):
        indexes = [*run, *reversed(run), run[0]]
        limits = [*(low[i] for i in run), *(high[i] for i in reversed(run)), low[run[0]]]
        if xs:
            xs.append(None)
            ys.append(None)
        xs += _moments([x[i] for i in indexes])
        ys += rounded(limits)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plot_text(name),
        "x": xs,
        "y": ys,
        "fill": "toself",
        "fillcolor": color,
        # A single day is a polygon without area: its outline is what shows.
        "line": {"color": color, "width": 1},
        "hoverinfo": "skip",
    }


def layout(**changes: Any) -> dict[str, Any]:
    """Return the layout that all figures share, with changes to its axes merged in."""
    shared: dict[str, Any] = {
        "margin": {"l": 52, "r": 12, "t": 10, "b": 34},
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": False,
        "xaxis": {"fixedrange": True, "showgrid": False, "automargin": True},
        "yaxis": {"fixedrange": True, "zeroline": False, "automargin": True},
    }
    for key, value in changes.items():
        shared[key] = shared.get(key, {}) | value if isinstance(value, dict) else value
    return shared


def time_axis(
    first: date | datetime, last: date | datetime, *, hover: str = "%a %-d %b %Y"
) -> dict[str, Any]:
    """Return an axis from the first to the last moment, whatever lies in between."""
    axis = {
        "type": "date",
        "range": [first.isoformat(), last.isoformat()],
        "tickformat": "%-d %b",
        "hoverformat": hover,
    }
    # Left alone, plotly would name the same day twice on a short axis.
    return axis | ({"dtick": _DAY_IN_MILLISECONDS} if last - first < timedelta(days=9) else {"nticks": 8})


def week_axis(first: date, last: date) -> dict[str, Any]:
    """Return an axis for weeks that are named by their Mondays, the first and the last one given."""
    # Half a week of room, so that the marks of the first and the last week are whole.
    axis = time_axis(first - timedelta(days=3), last + timedelta(days=3), hover="week of %-d %b %Y")
    weeks = (last - first).days // 7 + 1
    step = 7 * max(1, round(weeks / _WEEK_TICKS))
    axis.pop("nticks", None)
    return axis | {"tick0": first.isoformat(), "dtick": step * _DAY_IN_MILLISECONDS}


def weeks_in_words(
    title: str, weeks: Sequence[dict[str, Any]], column: str, show: Callable[[float | None], str]
) -> str:
    """Return what a line over weeks shows, for those who cannot see it; at least one week has a figure."""
    known = [row for row in weeks if row[column] is not None]
    lowest, highest = (choose(known, key=lambda row: row[column]) for choose in (min, max))
    return (
        f"Line chart: {title}, {len(known)} weeks with answers. Lowest {show(lowest[column])} in the week of "
        f"{formats.day(lowest['week_start_date'])}, highest {show(highest[column])} in the week of "
        f"{formats.day(highest['week_start_date'])}."
    )


def net_axis(values: Sequence[float | None]) -> dict[str, Any]:
    """Return an axis for net sentiment: fractions of 1 with ticks on its usual scale from -100 to +100."""
    known = [abs(value) for value in values if value is not None]
    reach = max([*known, 0.2])
    step = 0.1 if reach <= 0.4 else 0.25 if reach < 0.8 else 0.5
    ticks = [round(step * number, 2) for number in range(-int(1 / step), int(1 / step) + 1)]
    limit = min(1.05, 1.08 * reach)
    return {
        "range": [-limit, limit],
        "tickvals": ticks,
        "ticktext": [f"{100 * tick:+.0f}".replace("-", "\u2212").replace("+0", "0") for tick in ticks],
        "zeroline": True,
    }


def rounded(values: Sequence[float | None]) -> list[float | None]:
    """Return values to six digits after the point: more than a reader sees, fewer bytes."""
    return [None if value is None else round(float(value), 6) for value in values]


def _moments(values: Sequence[date | datetime]) -> list[str]:
    """plotly knows no time zones: datetimes go as the local time that they are to show."""
    return [
        value.replace(tzinfo=None).isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
        for value in values
    ]


def _sizes_of_lone_points(y: Sequence[float | None]) -> list[int]:
    lone = {run[0] for run in _runs([value is not None for value in y]) if len(run) == 1}
    return [5 if index in lone else 0 for index in range(len(y))]


def _runs(known: Sequence[bool]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index, is_known in enumerate(known):
        if is_known and index and known[index - 1]:
            runs[-1].append(index)
        elif is_known:
            runs.append([index])
    return runs
