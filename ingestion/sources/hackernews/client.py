"""Hacker News' public API (Firebase): lists of ids, and one address per item."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ingestion.http import Answer, HttpClient, HttpError, Request
from ingestion.sources.hackernews.items import BadAnswer, read_json
from ingestion.sources.hackernews.settings import EVERYTHING, THREADS


class HackerNews:
    """The documented addresses below `base_url`, such as https://hacker-news.firebaseio.com/v0."""

    def __init__(self, http: HttpClient, base_url: str) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")

    def url(self, name: str) -> str:
        """Return the address of a list, or of `item/<id>`."""
        return f"{self._base_url}/{name}.json"

    @property
    def items_url(self) -> str:
        """The address below which the items are."""
        return f"{self._base_url}/item"

    def listed_ids(
        self, name: str, validators: Mapping[str, str] | None = None
    ) -> tuple[list[int], dict[str, str]] | None:
        """Return a list's ids, newest or best first, and the validators for next time; None if unchanged.

        Raises HttpError, or BadAnswer where the answer is no list of ids.
        """
        answer = self._http.get(self.url(name), validators)
        if answer.not_modified:
            return None
        return _ids(read_json(answer.body), answer.body), answer.validators()

    def newest_id(self) -> int:
        """Return the largest item id given out so far. Raises HttpError or BadAnswer."""
        body = self._http.get(self.url(EVERYTHING)).body
        newest = read_json(body)
        if not _is_id(newest):
            raise BadAnswer("invalid_json", "the newest id is no number", body)
        return newest

    def changed_ids(self) -> list[int]:
        """Return the ids of items that changed in the last minutes. Raises HttpError or BadAnswer."""
        body = self._http.get(self.url("updates")).body
        answer = read_json(body)
        return _ids(answer.get("items") if isinstance(answer, dict) else None, body)

    def items(self, ids: Iterable[int]) -> Iterator[tuple[int, Answer | HttpError]]:
        """Yield each id with the answer or the error of its address, in order, THREADS at a time."""
        ids = list(ids)
        requests = (Request(self.url(f"item/{number}")) for number in ids)
        outcomes = (outcome for _, outcome in self._http.get_many(requests, THREADS))
        yield from zip(ids, outcomes, strict=True)


def _ids(answer: Any, body: bytes) -> list[int]:
    if not isinstance(answer, list) or not all(map(_is_id, answer)):
        raise BadAnswer("invalid_json", "the answer is no list of item ids", body)
    return list(dict.fromkeys(answer))


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53
