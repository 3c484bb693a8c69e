"""Delighted: answers to the question of recommendation of one project, as they change.

API: `GET /v1/survey_responses.json` by the time of the last change, newest first, with the person of each answer.
Paging: by number, 100 answers a page; a page that is not full is the last one.
Data flow: answers of the type nps -> raw_delighted.nps_responses; what does not fit -> raw_delighted.quarantine. Other
types of surveys are passed over. `observed_at` is when the answer was last changed.
Edits: an answer with a new `updated_at` is another observation.
Deletes: none. An answer that is deleted at Delighted stays until it is taken out by hand.
Rate limit: not told in figures; Retry-After obeyed, across runs, too.
Terms: see the declaration in `settings.py`, also for personal data.
"""

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer, HttpClient
from ingestion.landing import NPS_RESPONSES
from ingestion.network import MOMENT, Ask, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.delighted.settings import DECLARATION, PAGE_SIZE, POLITENESS, RESPONSES

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (NPS_RESPONSES,)


class Delighted(Network):
    """Answers by the time of their last change."""

    declaration = DECLARATION
    politeness = POLITENESS
    contract = NPS_RESPONSES

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return the answers of the project."""
        return [Stream("survey responses")]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for what changed between the two moments, newest first."""
        # Whole seconds, outwards: what is read twice is a duplicate.
        span = {"updated_since": int(since.timestamp()), "updated_until": int(until.timestamp()) + 1}
        wanted = {"order": "desc:updated_at", "expand[]": "person", "per_page": PAGE_SIZE, "page": 1}
        return Ask(RESPONSES, {**span, **wanted})

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the answers, and the request for the next page after a full one."""
        if not isinstance(body, list):
            raise TypeError("the answer is no list")
        return Page(
            body, asked.with_params(page=asked.params["page"] + 1) if len(body) >= PAGE_SIZE else None
        )

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return an answer under the names of `nps_responses`, None for other surveys."""
        if item["survey_type"] != "nps":
            return None
        changed = datetime.fromtimestamp(item.get("updated_at") or item["created_at"], UTC).isoformat()
        told = item.get("person_properties") or {}
        person = item.get("person")
        # Expanded, a person is more than an id; a cursor of before leads to pages where it is not.
        known = person if isinstance(person, dict) else {"id": person}
        return {
            MOMENT: changed,
            "observed_at": changed,
            "response_id": str(item["id"]),
            "respondent_id": str(known["id"]) if known.get("id") is not None else None,
            "email": known.get("email"),
            "segment": told.get(self.settings.segment_property) if self.settings.segment_property else None,
            "score": item["score"],
            "comment": item.get("comment"),
            "responded_at": datetime.fromtimestamp(item["created_at"], UTC).isoformat(),
        }

    def probe(self) -> Ask:
        """Return the request for the figures of one day."""
        return Ask("/v1/metrics.json", {"trend": "7"})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the key, as a user name without a password."""
        return {"Authorization": "Basic " + base64.b64encode(f"{self.secrets['api_key']}:".encode()).decode()}


@dlt.source(name="delighted")
def delighted(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.delighted`."""
    return network_posts(Delighted, landing, listening)
