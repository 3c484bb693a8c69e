"""Zendesk Support: tickets with their response times and satisfaction, and what was written in them.

API: incremental exports: tickets by cursor with their metric sets and users, ticket events with comments by time;
`users` for who is an agent. All exports run from the oldest change to the newest.
Paging: `after_cursor` until `end_of_stream`; events by `end_time`.
Data flow: ticket -> raw_zendesk.support_cases, comment -> raw_zendesk.case_messages; what does not fit ->
raw_zendesk.quarantine. `observed_at` is when Zendesk says that it changed.
Edits: a ticket that changed is another observation.
Deletes: stream. A deleted ticket comes with the status `deleted` and lands as a tombstone; its messages go with it.
Rate limit: ten requests a minute; Retry-After obeyed, across runs, too.
Terms: see the declaration in `settings.py`, also for personal data.
"""

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import dlt

from ingestion.http import Answer, HttpClient
from ingestion.landing import CASE_MESSAGES, SUPPORT_CASES, Contract
from ingestion.network import Ask, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.zendesk.contract import case_row, message_row
from ingestion.sources.zendesk.settings import (
    AGENTS,
    AGENTS_A_PAGE,
    DECLARATION,
    EVENTS,
    LAST_MINUTE,
    MAX_AGENT_PAGES,
    PAGE_SIZE,
    POLITENESS,
    TICKETS,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (SUPPORT_CASES, CASE_MESSAGES)


class Zendesk(Network):
    """Two exports by the time of change, from a moment on to the end."""

    declaration = DECLARATION
    politeness = POLITENESS
    contract = SUPPORT_CASES
    _agents: set[str] | None = None

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return the tickets, and where wanted what was written in them."""
        comments = [Stream("comments", EVENTS, CASE_MESSAGES)] if self.settings.comments else []
        return [Stream("tickets", TICKETS, SUPPORT_CASES), *comments]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for what changed from a moment on, oldest first; it ends where the export does."""
        start = int(min(since, until - LAST_MINUTE).timestamp())
        wanted = "metric_sets,users" if stream.what == TICKETS else "comment_events"
        size = {"per_page": PAGE_SIZE} if stream.what == TICKETS else {}
        return Ask(stream.what, {"start_time": start, "include": wanted, **size})

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the tickets with what stands beside them, or the comments, and the request for what follows."""
        if asked.path == TICKETS:
            metrics = {one["ticket_id"]: one for one in body.get("metric_sets") or []}
            addresses = {one["id"]: one.get("email") for one in body.get("users") or []}
            items = [_with_more(ticket, metrics, addresses) for ticket in body["tickets"]]
            following = {"cursor": body.get("after_cursor"), "start_time": None}
        else:
            items = [comment for event in body["ticket_events"] for comment in _comments(event)]
            following = {"start_time": body.get("end_time")}
        return Page(items, None if body["end_of_stream"] else asked.with_params(**following))

    def row_for(self, contract: Contract, item: Any) -> dict[str, Any]:
        """Return a ticket or a comment under the names of its contract."""
        if contract is CASE_MESSAGES:
            return message_row(item, self._agents or set())
        return case_row(item)

    def probe(self) -> Ask:
        """Return the request for one ticket's number."""
        return Ask("/api/v2/tickets/count.json")

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the login; who is an agent is asked once a run, where comments are wanted."""
        login = f"{self.secrets['email']}/token:{self.secrets['api_token']}".encode()
        headers = {"Authorization": "Basic " + base64.b64encode(login).decode()}
        if self._agents is None and self.settings.comments:
            self._agents = self._ask_for_agents(http, headers)
        return headers

    def _ask_for_agents(self, http: HttpClient, headers: dict[str, str]) -> set[str]:
        found: set[str] = set()
        params: dict[str, Any] = {"role[]": ["agent", "admin"], "page[size]": AGENTS_A_PAGE}
        for _ in range(MAX_AGENT_PAGES):
            query = urlencode(params, doseq=True)
            answer = http.get(f"{self.settings.base_url.rstrip('/')}{AGENTS}?{query}", headers=headers)
            body = json.loads(answer.body)
            found.update(str(user["id"]) for user in body["users"])
            if not body["meta"]["has_more"]:
                break
            params["page[after]"] = body["meta"]["after_cursor"]
        return found


def _with_more(ticket: Any, metrics: dict[Any, Any], addresses: dict[Any, Any]) -> Any:
    # What is no ticket is handed on as it is: it is set aside alone.
    if not isinstance(ticket, dict):
        return ticket
    more = {"metrics": metrics.get(ticket.get("id")), "address": addresses.get(ticket.get("requester_id"))}
    return {**ticket, **more}


def _comments(event: Any) -> list[Any]:
    if not isinstance(event, dict):
        return [event]
    told = {"ticket_id": event["ticket_id"], "timestamp": event["timestamp"]}
    return [{**child, **told} for child in event["child_events"] if child.get("event_type") == "Comment"]


@dlt.source(name="zendesk")
def zendesk(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.zendesk`."""
    return network_posts(Zendesk, landing, listening)
