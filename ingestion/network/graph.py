"""What Meta's Graph API does alike for Facebook and Instagram: pages, errors, figures asked for metric by metric."""

import json
import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from ingestion.http import Answer, HttpError, Politeness
from ingestion.landing import ACCOUNT_METRICS, POST_INSIGHTS, Contract
from ingestion.network.network import FOLLOW, MOMENT, Ask, Network, Page, Stream

PAGE_SIZE = 50
POLITENESS = Politeness(pause_per_host_s=0.2, max_bytes=16 * 1024 * 1024)
FORGOTTEN = frozenset({("100", "33")})
"""Code and subcode of an object that is no more, or that the token may no longer see."""
NOT_ALLOWED = frozenset({"10", "102", "104", "190", *map(str, range(200, 300))})
TOO_MUCH = frozenset({"4", "17", "32", "613", "80001", "80002"})
"""Codes of a rate limit of the application, the user or the page; it is counted over an hour."""
LONG_WAIT_S = 3600.0
POSITION = frozenset({"after", "until", "since", "__paging_token", "offset"})
"""Parameters that say where the next page begins; the others of its address are ours, or a token."""
LONGEST_SPAN = timedelta(days=89)
"""What one request for daily figures may take."""


class GraphNetwork(Network):
    """An edge of the Graph API; `settings` have `accounts`, `comments`, `insights` and `insight_days`.

    `post_figures` and `account_figures` say by which metrics a column of the contract is told, the better one first:
    Meta retires metrics every few years, and a retired one fails the whole request with code 100.
    """

    politeness = POLITENESS
    lookup_batch = 1
    post_request: ClassVar[str]
    """Fields of a post that every request for posts asks for."""
    post_fields: ClassVar[Mapping[str, str]] = {}
    """Fields of a post that it can do without, and how each is asked for."""
    post_figures: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    account_figures: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init_subclass__(cls) -> None:
        cls.optional_fields = (*cls.post_fields, *_all(cls.post_figures), *_all(cls.account_figures))

    # -- requests -------------------------------------------------------------------------------------

    def insights_of(self, account: str, edge: str) -> Stream:
        """Return the stream of an account's posts with their figures, which change for weeks."""
        overlap = timedelta(days=self.settings.insight_days)
        return Stream(f"insights of posts of {account}", (account, edge), POST_INSIGHTS, overlap)

    def metrics_of(self, account: str) -> Stream:
        """Return the stream of an account's figures by day; Meta corrects those of the last days."""
        return Stream(f"figures of {account}", (account, "insights"), ACCOUNT_METRICS, timedelta(days=3))

    def edge(self, path: str, fields: str, **params: Any) -> Ask:
        """Return the request for the first page of an edge."""
        return Ask(path, {"fields": fields, "limit": PAGE_SIZE, **params})

    def daily(self, path: str, since: datetime, until: datetime) -> Ask:
        """Return the request for an account's figures by day."""
        since = max(since, until - LONGEST_SPAN)
        return Ask(
            path, {"metric": "", "period": "day", "since": f"{since:%Y-%m-%d}", "until": f"{until:%Y-%m-%d}"}
        )

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the items of an edge, and the request for what `paging.next` names, without its token."""
        if asked.path.endswith("/insights"):
            return Page(list(by_day(asked.path.split("/")[1], body["data"])))
        about = {"_about" if asked.path.endswith("/comments") else "_account": asked.path.split("/")[1]}
        items = [{**item, **about} if isinstance(item, dict) else item for item in body["data"]]
        following = (body.get("paging") or {}).get("next")
        if not following:
            return Page(items)
        told = {k: v for k, v in parse_qsl(urlsplit(following).query) if k in POSITION}
        return Page(items, asked.with_params(**told))

    def looked_up(self, body: Any) -> list[Any]:
        """Return the one object that was asked for; an answer without an id says nothing of whether it is there."""
        return [body] if body["id"] else []

    # -- metrics and fields that may be retired -------------------------------------------------------

    def fields_of(self, ask: Ask) -> tuple[str, ...]:
        """Return the metrics of a request for figures, the optional fields of one for posts."""
        if "metric" in ask.params:
            return _all(self.account_figures)
        if "insights" in ask.params.get("fields", ""):
            return _all(self.post_figures)
        return tuple(self.post_fields) if ask.params.get("fields") == self.post_request else ()

    def with_fields(self, ask: Ask, fields: tuple[str, ...]) -> Ask:
        """Return the request with these metrics or fields in it."""
        if "metric" in ask.params:
            return ask.with_params(metric=",".join(fields))
        asked = ask.params.get("fields", "")
        if "insights" in asked:
            return ask.with_params(
                fields=asked.replace("insights", f"insights.metric({','.join(fields)})" if fields else "id")
            )
        if asked != self.post_request:
            return ask
        return ask.with_params(fields=",".join([asked, *(self.post_fields[name] for name in fields)]))

    # -- rows -----------------------------------------------------------------------------------------

    @abstractmethod
    def post(self, item: Any) -> dict[str, Any]:
        """Return a post or comment under the names of the contract of posts."""

    def row_for(self, contract: Contract, item: Any) -> dict[str, Any] | None:
        """Return an item of any of the streams under its contract."""
        if contract is ACCOUNT_METRICS:
            return self.account_row(item)
        post = self.post(item)
        if contract is POST_INSIGHTS:
            return self.insight_row(item, post["author_id"])
        return {FOLLOW: self.settings.comments and post["post_type"] != "comment", **post}

    def insight_row(self, item: dict[str, Any], account: str) -> dict[str, Any]:
        """Return a post's figures; one without any says that they are withheld, as Meta does for few viewers."""
        told = {
            metric["name"]: (metric.get("values") or [metric.get("total_value") or {}])[0].get("value")
            for metric in (item.get("insights") or {}).get("data", [])
        }
        figures = _figures(told, self.post_figures)
        return {
            "post_id": item["id"],
            "account_id": account,
            "unavailable_reason": None if any(v is not None for v in figures.values()) else "suppressed",
            MOMENT: item.get("created_time") or item.get("timestamp"),
            **figures,
        }

    def account_row(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return an account's figures of a day."""
        return {
            "measured_on": item["day"].isoformat(),
            "account_id": item["account"],
            **_figures(item["told"], self.account_figures),
        }

    # -- errors ---------------------------------------------------------------------------------------

    def is_gone(self, error: HttpError) -> bool:
        """Whether a post or comment that was looked up is no more."""
        return error.status == 404 or _codes(error) in FORGOTTEN

    def is_refused(self, error: HttpError) -> bool:
        """Whether the token, or what it permits, does not do."""
        return super().is_refused(error) or _codes(error)[0] in NOT_ALLOWED

    def wait_asked_by(self, error: HttpError) -> float | None:
        """Return an hour where a limit is reached."""
        return LONG_WAIT_S if _codes(error)[0] in TOO_MUCH else None

    def hidden(self) -> dict[str, str]:
        """Return the token, as the API wants it."""
        return {"access_token": self.secrets["access_token"]}


def by_day(account: str, metrics: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Turn metrics with their days into days with their metrics. A day ends at its `end_time`."""
    days: dict[date, dict[str, Any]] = {}
    for metric in metrics:
        for told in metric.get("values", []):
            if "end_time" in told:
                day = (datetime.fromisoformat(told["end_time"]) - timedelta(days=1)).date()
                days.setdefault(day, {})[metric["name"]] = told["value"]
    return [{"account": account, "day": day, "told": days[day]} for day in sorted(days)]


def account_of(native_id: str) -> str:
    """Return the page in the id of a page's post (`<page>_<post>`)."""
    return native_id.partition("_")[0]


def numeric_path(account: str) -> str:
    """Return an account's address. Raises ValueError where it is no id of the Graph API."""
    if not re.fullmatch(r"[0-9]{1,32}", account):
        raise ValueError(f"{account!r} is no id of an account: it has digits only")
    return f"/{account}"


def _all(figures: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(metric for metrics in figures.values() for metric in metrics))


def _figures(told: Mapping[str, Any], figures: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return for each column the first of its metrics that was told; NULL where none was."""
    return {
        column: next((told[name] for name in metrics if told.get(name) is not None), None)
        for column, metrics in figures.items()
    }


def _codes(error: HttpError) -> tuple[str, str]:
    """Return code and subcode of the Graph API's own error, empty where it says none."""
    try:
        told = json.loads(error.body)["error"]
        return str(told.get("code", "")), str(told.get("error_subcode", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""
