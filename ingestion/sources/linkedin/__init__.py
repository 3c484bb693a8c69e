"""Pages of the brand on LinkedIn, through the Community Management API: posts, comments, figures.

API: `/posts?q=author` gives posts, `/socialActions/<post>/comments` comments, and
`/organizationalEntityShareStatistics` the figures of each young post; of the page, `/organizationPageStatistics` and
the same share statistics by day, and `/networkSizes` the followers of today.
Paging: by `start`, as long as the answer links a next page.
Data flow: post, comment -> raw_linkedin.posts; figures of a post since its publication -> raw_linkedin.post_insights;
of a page and day -> raw_linkedin.account_metrics; what does not fit -> raw_linkedin.quarantine.
Edits: a post that its author edited, and new figures, are another observation.
Deletes: sweep, of posts. Those younger than `revisit_days` that no page shows are looked up. Deleted comments are not
noticed.
Rate limit: by application and day. Each young post costs two requests a run.
Terms: of members nothing but their URN may be kept. See the declaration in `settings.py`.
"""

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import dlt

from ingestion.http import Answer, HttpClient
from ingestion.landing import ACCOUNT_METRICS, POST_INSIGHTS, POSTS, Contract
from ingestion.network import FOLLOW, PASSING, Ask, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.linkedin.contract import figures, moment, to_row
from ingestion.sources.linkedin.settings import DAY_MS, DECLARATION, PAGE_SIZE, POLITENESS

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS, POST_INSIGHTS, ACCOUNT_METRICS)
FEW_DAYS = timedelta(days=3)


class LinkedIn(Network):
    """Pages with their posts."""

    declaration = DECLARATION
    politeness = POLITENESS
    lookup_batch = 1

    def __init__(self, settings: Any, secrets: Any) -> None:
        super().__init__(settings, secrets)
        self._authors: dict[str, str] = {}
        self._today: date | None = None

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return the posts of each page, all young ones every time, and, where they are wanted, its figures."""
        streams = []
        overlap = timedelta(days=max(self.settings.revisit_days, 1))
        for page in self.settings.accounts:
            if not re.fullmatch(r"urn:li:organization:[0-9]{1,32}", page):
                raise ValueError(f"{page!r} is no page of LinkedIn: write urn:li:organization:<number>")
            streams.append(Stream(f"posts of {page}", ("posts", page), overlap=overlap))
            if self.settings.insights:
                kinds = {"views": FEW_DAYS, "shares": FEW_DAYS, "followers": None}
                streams += [
                    Stream(f"{kind} of {page}", (kind, page), ACCOUNT_METRICS, span)
                    for kind, span in kinds.items()
                ]
        return streams

    def streams_about(self, native_id: str) -> list[Stream]:
        """Return the comments and the figures of a post."""
        accounts = self.settings.accounts
        page = accounts[0] if len(accounts) == 1 else self._authors.get(native_id)
        comments = Stream(f"comments of {native_id}", ("comments", native_id))
        statistics = Stream(f"figures of {native_id}", ("figures", native_id, page), POST_INSIGHTS)
        return [comments] * self.settings.comments + [statistics] * (
            self.settings.insights and page is not None
        )

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest posts or comments, for figures, or for days."""
        kind, about, *more = stream.what
        urn = quote(about, safe="")
        if kind == "posts":
            return Ask("/posts", {"q": "author", "author": about, "sortBy": "CREATED", "count": PAGE_SIZE})
        if kind == "comments":
            return Ask(f"/socialActions/{urn}/comments", {"count": PAGE_SIZE})
        if kind == "followers":
            self._today = until.date()
            return Ask(f"/networkSizes/{urn}", {"edgeType": "COMPANY_FOLLOWED_BY_MEMBER"})
        # Lists and objects stand in the address as they are: encoded brackets are refused.
        if kind == "figures":
            of = "ugcPosts" if ":ugcPost:" in about else "shares"
            owner = quote(more[0], safe="")
            told = f"q=organizationalEntity&organizationalEntity={owner}&{of}=List({urn})"
            return Ask(f"/organizationalEntityShareStatistics?{told}")
        start, end = (int(m.timestamp() * 1000) // DAY_MS * DAY_MS for m in (since, until))
        days = f"timeIntervals=(timeRange:(start:{start},end:{end}),timeGranularityType:DAY)"
        if kind == "views":
            return Ask(f"/organizationPageStatistics?q=organization&organization={urn}&{days}")
        told = f"q=organizationalEntity&organizationalEntity={urn}&{days}"
        return Ask(f"/organizationalEntityShareStatistics?{told}")

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the elements of an answer, or the one thing that it says, and the request for the next ones."""
        if asked.path.startswith("/networkSizes/"):
            return Page([{"followers": body["firstDegreeSize"], "account": _urn(asked.path)}])
        items = body["elements"]
        if asked.path.endswith("/comments"):
            items = [{**i, "_about": _urn(asked.path)} if isinstance(i, dict) else i for i in items]
        links = (body.get("paging") or {}).get("links", [])
        if not any(link.get("rel") == "next" for link in links):
            return Page(items)
        return Page(items, asked.with_params(start=int(asked.params.get("start", 0)) + PAGE_SIZE))

    def row_for(self, contract: Contract, item: Any) -> dict[str, Any] | None:
        """Return a post, a comment, a post's figures or a page's day."""
        if contract is POST_INSIGHTS:
            post = item.get("share") or item.get("ugcPost")
            return (
                {"post_id": post, "account_id": item.get("organizationalEntity"), **figures(item)}
                if post
                else None
            )
        if contract is ACCOUNT_METRICS:
            return self._day(item)
        row = to_row(item)
        is_comment = row["post_type"] == "comment"
        if not is_comment and row["post_id"]:
            self._authors[row["post_id"]] = row["author_id"]
        return {**row, FOLLOW: not is_comment, PASSING: is_comment}

    def _day(self, item: dict[str, Any]) -> dict[str, Any]:
        if "followers" in item:
            return {
                "measured_on": self._today.isoformat() if self._today else None,
                "account_id": item["account"],
                "follower_count": item["followers"],
            }
        day = moment(item["timeRange"]["start"]).date().isoformat()
        row = {"measured_on": day, "account_id": item.get("organization") or item.get("organizationalEntity")}
        if "totalPageStatistics" in item:
            return {
                **row,
                "profile_view_count": item["totalPageStatistics"]["views"]["allPageViews"]["pageViews"],
            }
        told = figures(item)
        return {**row, "reach_count": told["reach_count"], "impression_count": told["impression_count"]}

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for one post."""
        return Ask(f"/posts/{quote(ids[0], safe='')}")

    def looked_up(self, body: Any) -> list[Any]:
        """Return the post; an answer without an id is none, and says nothing of whether it is there."""
        return [body] if body["id"] else []

    def probe(self) -> Ask:
        """Return the request for the pages that the token's owner administers, one of them."""
        return Ask("/organizationAcls", {"q": "roleAssignee", "count": 1})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the token and the version of the API, without which it does not answer."""
        return {
            "Authorization": f"Bearer {self.secrets['access_token']}",
            "LinkedIn-Version": self.settings.version,
            "X-Restli-Protocol-Version": "2.0.0",
        }


def _urn(path: str) -> str:
    """Return the URN in an address."""
    return unquote(path.split("/")[2])


@dlt.source(name="linkedin")
def linkedin(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.linkedin`."""
    return network_posts(LinkedIn, landing, listening)
