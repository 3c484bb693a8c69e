"""Own channels on YouTube: their videos, the comments on them, and the figures that only their owner sees.

API: of the Data API `/playlistItems` of the uploads names videos, `/videos` brings them, `/commentThreads` the comments
on all of a channel, `/channels` its subscribers; of the Analytics API `/reports` by video since its publication, and by
day.
Paging: by `nextPageToken`; reports come in one piece.
Data flow: video, comment -> raw_youtube_analytics.posts; figures of a video -> raw_youtube_analytics.post_insights; of
a channel and day -> raw_youtube_analytics.account_metrics; what does not fit -> raw_youtube_analytics.quarantine.
Edits: new titles, descriptions and counts are another observation.
Deletes: sweep, of videos, 50 a request. Deleted comments are not noticed.
Retired metrics: one fails its whole report (400). Those that the error names, or that fail when asked for alone, are
told as deprecated and asked for no more.
Rate limit: 10,000 units a day for videos and comments. A spent quota ends the run; the next ones wait six hours.
Terms: stored data is to be refreshed or deleted after 30 days. See the declaration in `settings.py`.
"""

import json
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import dlt

from ingestion.http import Answer, HttpClient, HttpError
from ingestion.landing import ACCOUNT_METRICS, POST_INSIGHTS, POSTS, Contract
from ingestion.network import FIND, Ask, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.youtube.contract import to_row
from ingestion.sources.youtube.settings import LOOKUP_BATCH, QUOTA_REASONS, QUOTA_WAIT_S, VIDEO_ID_LENGTH
from ingestion.sources.youtube_analytics.settings import (
    CHANNEL_METRICS,
    COMMENT_PAGE,
    DECLARATION,
    FIRST_DAY,
    POLITENESS,
    TOP_VIDEOS,
    VIDEO_FIGURES,
    VIDEO_METRICS,
    VIDEO_PAGE,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS, POST_INSIGHTS, ACCOUNT_METRICS)
CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{10,40}")


class YouTubeAnalytics(Network):
    """Channels with their videos."""

    declaration = DECLARATION
    politeness = POLITENESS
    lookup_batch = LOOKUP_BATCH
    optional_fields = ("statistics", *dict.fromkeys((*VIDEO_METRICS, *CHANNEL_METRICS)))
    _token: str | None = None
    _today: date | None = None

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return the videos and comments of each channel and, where they are wanted, its figures."""
        streams = []
        for channel in self.settings.accounts:
            if not CHANNEL.fullmatch(channel):
                raise ValueError(f"{channel!r} is no id of a channel: it begins with UC")
            streams.append(Stream(f"videos of {channel}", ("videos", channel)))
            if self.settings.comments:
                streams.append(Stream(f"comments on {channel}", ("comments", channel)))
            if self.settings.insights:
                days = timedelta(days=self.settings.insight_days)
                streams += [
                    Stream(f"figures of videos of {channel}", ("figures", channel), POST_INSIGHTS),
                    # The newest days are told late, and corrected.
                    Stream(f"days of {channel}", ("days", channel), ACCOUNT_METRICS, days),
                    Stream(f"subscribers of {channel}", ("subscribers", channel), ACCOUNT_METRICS),
                ]
        return streams

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest videos or comments, for a report, or for a channel."""
        kind, channel = stream.what
        if kind == "videos":
            uploads = "UU" + channel.removeprefix("UC")
            asked = {"part": "contentDetails", "playlistId": uploads, "maxResults": VIDEO_PAGE}
            return self._data("/playlistItems", asked)
        if kind == "comments":
            asked = {"part": "snippet", "allThreadsRelatedToChannelId": channel, "order": "time"}
            return self._data(
                "/commentThreads", {**asked, "maxResults": COMMENT_PAGE, "textFormat": "plainText"}
            )
        if kind == "subscribers":
            self._today = until.date()
            return self._data("/channels", {"part": "statistics", "id": channel})
        report = {"ids": f"channel=={channel}", "metrics": "", "endDate": f"{until:%Y-%m-%d}"}
        if kind == "days":
            return Ask(
                "/reports", {**report, "startDate": f"{since:%Y-%m-%d}", "dimensions": "day", "sort": "day"}
            )
        top = {"dimensions": "video", "sort": "-views", "maxResults": TOP_VIDEOS}
        return Ask("/reports", {**report, "startDate": FIRST_DAY, **top})

    def _data(self, path: str, params: dict[str, Any]) -> Ask:
        """Return a request to the Data API, which has another address than reports."""
        return Ask(f"{self.settings.data_url}{path}", params)

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the items of an answer, or the rows of a report with their names."""
        if asked.path == "/reports":
            names = [column["name"] for column in body["columnHeaders"]]
            channel = asked.params["ids"].removeprefix("channel==")
            rows = body.get("rows") or []
            return Page([{**dict(zip(names, row, strict=True)), "_channel": channel} for row in rows])
        token = body.get("nextPageToken")
        return Page(body["items"], asked.with_params(pageToken=token) if token else None)

    def row_for(self, contract: Contract, item: Any) -> dict[str, Any] | None:
        """Return a video, a comment, a video's figures, or a channel's day."""
        if contract is POST_INSIGHTS:
            told = {column: item.get(metric) for column, metric in VIDEO_FIGURES.items()}
            return {
                "post_id": item["video"],
                "account_id": item["_channel"],
                **told,
                "extra": _kept(item, VIDEO_METRICS),
            }
        if contract is ACCOUNT_METRICS and item.get("kind") == "youtube#channel":
            statistics = item["statistics"]
            hidden = statistics.get("hiddenSubscriberCount") is True
            return {
                "measured_on": self._today.isoformat() if self._today else None,
                "account_id": item["id"],
                "follower_count": None if hidden else statistics.get("subscriberCount"),
                "unavailable_reason": "suppressed" if hidden else None,
            }
        if contract is ACCOUNT_METRICS:
            kept = _kept(item, CHANNEL_METRICS)
            return {"measured_on": item["day"], "account_id": item["_channel"], "extra": kept}
        if item["kind"] == "youtube#playlistItem":
            video = item["contentDetails"]
            return {"post_id": video["videoId"], "created_at": video.get("videoPublishedAt"), FIND: True}
        return to_row(item)

    def can_look_up(self, native_id: str) -> bool:
        """Whether it is a video: ids of comments are longer."""
        return len(native_id) == VIDEO_ID_LENGTH

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for known videos."""
        return self._data("/videos", {"part": "snippet", "id": ",".join(ids)})

    def looked_up(self, body: Any) -> list[Any]:
        """Return the videos that are still there."""
        return body["items"]

    def fields_of(self, ask: Ask) -> tuple[str, ...]:
        """Return the metrics of a report, or the part of a video that it can do without."""
        if "metrics" not in ask.params:
            return ("statistics",) if ask.path.endswith("/videos") else ()
        return VIDEO_METRICS if ask.params["dimensions"] == "video" else CHANNEL_METRICS

    def with_fields(self, ask: Ask, fields: tuple[str, ...]) -> Ask:
        """Return the report with these metrics; its order needs the views among them."""
        if "metrics" not in ask.params:
            is_video = ask.path.endswith("/videos")
            return ask.with_params(part=",".join(("snippet", *fields))) if is_video else ask
        sort = ask.params["sort"] if "views" in fields or ask.params["dimensions"] == "day" else None
        return ask.with_params(metrics=",".join(fields), sort=sort)

    def wait_asked_by(self, error: HttpError) -> float | None:
        """Return a wait where the quota is spent: the API says so with status 403."""
        try:
            reasons = {problem["reason"] for problem in json.loads(error.body)["error"]["errors"]}
        except (ValueError, KeyError, TypeError):
            return None
        return QUOTA_WAIT_S if reasons & QUOTA_REASONS else None

    def probe(self) -> Ask:
        """Return the request for the channel of the token's owner: one unit."""
        return self._data("/channels", {"part": "id", "mine": "true"})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the token, asked for once a run: it is good for an hour."""
        if self._token is None:
            asked = {name: self.secrets[name] for name in ("client_id", "client_secret", "refresh_token")}
            answer = http.post(
                self.settings.token_url,
                urlencode({**asked, "grant_type": "refresh_token"}).encode(),
                {"Content-Type": "application/x-www-form-urlencoded"},
            )
            self._token = json.loads(answer.body)["access_token"]
        return {"Authorization": f"Bearer {self._token}"}


def _kept(item: dict[str, Any], metrics: tuple[str, ...]) -> dict[str, Any]:
    """Return figures that the contract has no column for, such as the minutes watched."""
    return {name: item[name] for name in metrics if name in item and name not in VIDEO_FIGURES.values()} | (
        {"views": item["views"]} if "day" in item and "views" in item else {}
    )


@dlt.source(name="youtube_analytics")
def youtube_analytics(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.youtube_analytics`."""
    return network_posts(YouTubeAnalytics, landing, listening)
