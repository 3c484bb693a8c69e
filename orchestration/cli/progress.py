"""Progress of a run on a terminal: one bar a step; plain lines where there is no terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

Progress = Callable[[str, int, int | None], None]
"""Called with a step's name, what is done of it, and how much there is in all (None: not known)."""


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Give a function that shows how far each step is; a new name ends the step before it."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with _bars(console) as progress:
            yield progress
    else:
        with _lines() as progress:
            yield progress


@contextmanager
def _bars(console) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as bars:
        tasks: dict[str, int] = {}

        def progress(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                _finish(bars, tasks)
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield progress
        _finish(bars, tasks)


def _finish(bars, tasks: dict[str, int]) -> None:
    for task in bars.tasks:
        if not task.finished and task.id in tasks.values():
            bars.update(task.id, total=max(task.completed, 1), completed=max(task.completed, 1))
            bars.stop_task(task.id)


@contextmanager
def _lines() -> Iterator[Progress]:
    started = time.monotonic()
    told: set[str] = set()

    def progress(step: str, done: int, total: int | None) -> None:
        if step not in told:
            told.add(step)
            typer.echo(f"{time.monotonic() - started:6.1f} s  {step}", err=True)

    yield progress
