"""YouTube through its Data API: videos that its search finds, and the comments under named videos.

API: `/search?order=date` between two moments finds videos, `/videos` brings them with their counts,
`/commentThreads?order=time` the comments of the videos in `sources.youtube.videos`.
Paging: by `nextPageToken`. A token that the server has forgotten costs a gap, which is read again.
Data flow: video, comment -> raw_youtube.posts; what does not fit -> raw_youtube.quarantine.
Edits: a comment with a new `updatedAt`, and new counts of videos, are another observation.
Deletes: sweep, of videos. Those younger than `revisit_days` are looked up, 50 a request, and land as tombstones
when they are not given any more. Deleted comments are not noticed.
Rate limit: 10,000 units a day. A page of search costs 100 of them: set `daily_units` below your quota. A spent
quota (403 quotaExceeded) ends the run; the next ones wait six hours.
Terms: stored data is to be refreshed or deleted after 30 days. See the declaration in `settings.py`.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer, HttpClient, HttpError
from ingestion.landing import POSTS
from ingestion.network import Ask, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.youtube.contract import to_row
from ingestion.sources.youtube.settings import (
    COMMENT_PAGE,
    DECLARATION,
    LOOKUP_BATCH,
    POLITENESS,
    QUOTA_REASONS,
    QUOTA_WAIT_S,
    SEARCH_PAGE,
    SEARCH_UNITS,
    VIDEO_ID_LENGTH,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS,)


class YouTube(Network):
    """Search, videos and comment threads."""

    declaration = DECLARATION
    politeness = POLITENESS
    lookup_batch = LOOKUP_BATCH
    optional_fields = ("statistics",)

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return a search a query, and the comments of each named video."""
        searches = [Stream(query, {"q": query}) for query in queries]
        return searches + [
            Stream(f"comments of {video}", {"videoId": video}) for video in self.settings.videos
        ]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest results between two moments, or for the newest comments."""
        if "videoId" in stream.what:
            params = {
                "part": "snippet",
                "order": "time",
                "maxResults": COMMENT_PAGE,
                "textFormat": "plainText",
            }
            return Ask("/commentThreads", {**stream.what, **params})
        params = {"part": "snippet", "type": "video", "order": "date", "maxResults": SEARCH_PAGE}
        times = {
            "publishedAfter": f"{since:%Y-%m-%dT%H:%M:%SZ}",
            "publishedBefore": f"{until:%Y-%m-%dT%H:%M:%SZ}",
        }
        return Ask("/search", {**stream.what, **params, **times}, SEARCH_UNITS)

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the results, and the request with the next token."""
        token = body.get("nextPageToken")
        return Page(body["items"], asked.with_params(pageToken=token) if token else None)

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return a result as a post, or as what has to be looked up."""
        return to_row(item)

    def can_look_up(self, native_id: str) -> bool:
        """Whether it is a video: ids of comments are longer."""
        return len(native_id) == VIDEO_ID_LENGTH

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for known videos."""
        return Ask("/videos", {"part": "snippet,statistics", "id": ",".join(ids)})

    def looked_up(self, body: Any) -> list[Any]:
        """Return the videos that are still there."""
        return body["items"]

    def with_fields(self, ask: Ask, fields: tuple[str, ...]) -> Ask:
        """Return the request for these parts of a video."""
        return ask.with_params(part=",".join(("snippet", *fields))) if ask.path == "/videos" else ask

    def wait_asked_by(self, error: HttpError) -> float | None:
        """Return a wait where the quota is spent: the API says so with status 403."""
        try:
            reasons = {problem["reason"] for problem in json.loads(error.body)["error"]["errors"]}
        except (ValueError, KeyError, TypeError):
            return None
        return QUOTA_WAIT_S if reasons & QUOTA_REASONS else None

    def probe(self) -> Ask:
        """Return the request for the list of languages: one unit."""
        return Ask("/i18nLanguages", {"part": "snippet"})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the key, in a header: addresses end in logs."""
        return {"X-Goog-Api-Key": self.secrets["api_key"]}


@dlt.source(name="youtube")
def youtube(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.youtube`."""
    return network_posts(YouTube, landing, listening)
