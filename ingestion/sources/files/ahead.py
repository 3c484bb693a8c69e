"""Reads the next part of a file while this one is judged: two steps of landing, two cores."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def one_ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield what `items` yields, in order, the next item being made in a thread of its own.

    One item at most is held ready, so memory does not grow. What `items` raises is raised here, after all
    that came before it.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading-ahead") as reader:
        coming = reader.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = reader.submit(next, items, _END)
            yield item
