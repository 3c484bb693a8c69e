"""Tables and numbers on a terminal. Text from posts is shown as it is, never obeyed."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

MAX_CELL = 120
MAX_LINE = 10_000


def show_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str | None = None,
    fold: bool = True,
    full: bool = False,
    tight: bool = False,
) -> None:
    """Print rows; numbers stand right, NULL is a pale dash.

    `fold` breaks values to fit the terminal; without it, and where there is no terminal, lines are as long
    as they need be. `full` shortens no value; `tight` leaves one blank less between columns.
    """
    rows = list(rows)
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", collapse_padding=tight)
    for index, column in enumerate(columns):
        values = [row[index] for row in rows if row[index] is not None]
        numeric = bool(values) and all(type(value) in (int, float) for value in values)
        table.add_column(Text(plain(column)), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(value, full) for value in row))
    console = Console(highlight=False)
    if not (fold and console.is_terminal):
        console.width = MAX_LINE
    console.print(table)


def cell(value: Any, full: bool = False) -> Text:
    """Return a value as it stands in a table; text longer than MAX_CELL is cut unless it is wanted in full."""
    if value is None:
        return Text("-", style="dim")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, int):
        return Text(f"{value:,}")
    if isinstance(value, float):
        return Text(f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}")
    if isinstance(value, datetime):
        return Text(moment(value))
    text = plain(str(value))
    return Text(text if full or len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…")


def moment(value: datetime) -> str:
    """Return an instant to the second, in UTC."""
    return f"{value:%Y-%m-%d %H:%M:%S}" + ("Z" if value.tzinfo else "")


def plain(text: str) -> str:
    """Return text without characters that would steer the terminal."""
    return "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
