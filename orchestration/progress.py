"""How far the running job is, told to whoever started it in this process; silent under the daemon."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int | None], None]

_listeners: list[Progress] = []


@contextmanager
def told_to(listener: Progress) -> Iterator[None]:
    """Tell `listener` of every step (name, done, total or None) while the block runs."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def report_progress(step: str, done: int, total: int | None = None) -> None:
    """Tell how far a step is."""
    for listener in _listeners:
        listener(step, done, total)
