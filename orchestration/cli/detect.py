"""`listenhouse detect`: what is unusual in a series."""

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    from ml.detection import SeriesFile

EXAMPLES = """Examples:

- `listenhouse detect mentions.csv --output scored.csv`
- `listenhouse detect mentions.csv --detector robust > scored.csv`
- `listenhouse detect sales.csv --timestamp-column day --value-column orders --every 1d --output scored.csv`
"""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_MOST_PROBLEMS = 20


class Detector(StrEnum):
    """How a row is judged."""

    peaks = "peaks"
    robust = "robust"
    sd = "sd"
    window = "window"
    seasonal = "seasonal"


@told
def detect(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header, timestamps and values.")],
    detector: Annotated[
        Detector,
        typer.Option(
            help=(
                "peaks: higher than the peaks this series usually has. robust: median and MAD of the same hour of "
                "the week. sd: a day against a week. window: an hour against twelve. seasonal: the same hour of "
                "four weeks."
            )
        ),
    ] = Detector.peaks,
    output: Annotated[Path | None, typer.Option(help="Write here instead of to the terminal.")] = None,
    timestamp_column: Annotated[
        str | None, typer.Option(help="By default `timestamp`, or the first of two.")
    ] = None,
    value_column: Annotated[
        str | None, typer.Option(help="By default `value`, or the second of two.")
    ] = None,
    every: Annotated[
        str | None, typer.Option(help="Spacing of the rows, such as 5m, 1h or 1d; by default measured.")
    ] = None,
    strictness: Annotated[
        float, typer.Option(min=0.1, help="Standard deviations of the detector sd: 1.5, 2 or 3.")
    ] = 2,
) -> None:
    """Score every row of a (timestamp, value) series.

    Writes the file's own columns and rows, and `anomaly_score`: 0 is usual, 0.5 the detector's threshold, never
    more than 1. A score is made from its row and the rows before it, so a score once given never changes when
    rows are added. Bad rows are named, keep their place and get no score.
    """
    from ml.detection import detector_scores, read_series

    series = read_series(
        file,
        timestamp_column=timestamp_column,
        value_column=value_column,
        seconds_apart=None if every is None else _seconds(every),
    )
    scores = detector_scores(series.values, series.rows_per_day, detector.value, strictness=strictness)
    text = series.with_scores(scores)
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(output, text)
    _tell(series, int((scores >= 0.5).sum()), detector.value)


def _seconds(every: str) -> float:
    matched = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", every)
    if not matched or not float(matched[1]):
        fail(f"--every {every}: no spacing. Remedy: write a number and s, m, h or d, such as 5m.", BAD_INPUT)
    return float(matched[1]) * _UNITS[matched[2]]


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}. Remedy: name another --output.", BAD_INPUT)


def _tell(series: "SeriesFile", alarms: int, detector: str) -> None:
    """Say on stderr what was odd and what was found."""
    for message in [*series.notices, *series.problems[:_MOST_PROBLEMS]]:
        typer.echo(message, err=True)
    if len(series.problems) > _MOST_PROBLEMS:
        typer.echo(f"... and {len(series.problems) - _MOST_PROBLEMS:,} more bad rows.", err=True)
    typer.echo(
        f"{len(series.rows):,} rows, {series.seconds_apart:g} s apart, {len(series.problems):,} bad; "
        f"{alarms:,} reach 0.5 with detector {detector}.",
        err=True,
    )
