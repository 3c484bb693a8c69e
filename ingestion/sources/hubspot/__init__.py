"""HubSpot: companies, deals and contacts of one account, as they change.

API: CRM search (`POST /crm/v3/objects/<kind>/search`) by the time of the last change, newest first, and the list of
what was deleted (`GET /crm/v3/objects/<kind>?archived=true`).
Paging: by `after`. One search gives 10,000 results at most: the next one ends at the oldest change that it gave.
Data flow: deals -> raw_hubspot.crm_opportunities, companies -> raw_hubspot.crm_accounts, contacts ->
raw_hubspot.crm_contacts (id, company, pseudonym of the address); what does not fit -> raw_hubspot.quarantine.
`observed_at` is the record's hs_lastmodifieddate, of contacts lastmodifieddate.
Edits: a record with a new such date is another observation.
Deletes: stream. Deleted records, which HubSpot keeps for 90 days, land as tombstones; each run reads their whole list.
Rate limit: five searches a second; Retry-After obeyed, across runs, too.
Terms: see the declaration in `settings.py`, also for personal data.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer, HttpClient, HttpError
from ingestion.landing import CRM_ACCOUNTS, CRM_CONTACTS, CRM_OPPORTUNITIES, Contract
from ingestion.network import Ask, BadAnswer, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.hubspot.contract import company_row, contact_row, deal_row
from ingestion.sources.hubspot.settings import (
    CHANGED,
    DECLARATION,
    MOST_RESULTS,
    PAGE_SIZE,
    POLITENESS,
    PROPERTIES,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (CRM_OPPORTUNITIES, CRM_ACCOUNTS, CRM_CONTACTS)
KINDS = {"deals": CRM_OPPORTUNITIES, "companies": CRM_ACCOUNTS, "contacts": CRM_CONTACTS}


class Hubspot(Network):
    """Three kinds of records by the time of their last change, and those that were deleted."""

    declaration = DECLARATION
    politeness = POLITENESS
    contract = CRM_OPPORTUNITIES

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return what changed and what was deleted, of each kind; contacts where they are wanted."""
        kinds = {kind: one for kind, one in KINDS.items() if kind != "contacts" or self.settings.contacts}
        changed = [Stream(kind, kind, contract) for kind, contract in kinds.items()]
        return changed + [Stream(f"deleted {kind}", f"-{kind}", contract) for kind, contract in kinds.items()]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the search for what changed between the two moments, or the list of what was deleted."""
        kind = stream.what.removeprefix("-")
        if stream.what.startswith("-"):
            # Of a deleted contact, HubSpot would tell its name and address where nothing else is asked for.
            asked = {"properties": "createdate"} if kind == "contacts" else {}
            return Ask(f"/crm/v3/objects/{kind}", {"archived": "true", "limit": PAGE_SIZE, **asked})
        # Whole seconds, outwards: what is read twice is a duplicate.
        window = {"value": int(since.timestamp()) * 1000, "highValue": (int(until.timestamp()) + 1) * 1000}
        return Ask(f"/crm/v3/objects/{kind}/search", self._search(kind, window), posted=True)

    def _search(self, kind: str, window: dict[str, int]) -> dict[str, Any]:
        own = {"deals": self.settings.touches_property, "companies": self.settings.segment_property}.get(kind)
        wanted = dict.fromkeys([*PROPERTIES[kind], *([own] if own else [])])
        changed = CHANGED[kind]
        return {
            "filterGroups": [{"filters": [{"propertyName": changed, "operator": "BETWEEN", **window}]}],
            "sorts": [{"propertyName": changed, "direction": "DESCENDING"}],
            "properties": list(wanted),
            "limit": PAGE_SIZE,
        }

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the records, and the request with `after`, or the next search where that would be too far."""
        records = body["results"]
        after = ((body.get("paging") or {}).get("next") or {}).get("after")
        if after is None:
            return Page(records)
        if not asked.posted or int(after) + PAGE_SIZE <= MOST_RESULTS:
            return Page(records, asked.with_params(after=after))
        ((filter_,),) = (group["filters"] for group in asked.params["filterGroups"])
        last = records[-1]["properties"][filter_["propertyName"]]
        oldest = int(datetime.fromisoformat(last).timestamp() * 1000)
        if oldest >= filter_["highValue"]:
            raise BadAnswer("invalid_json", f"more than {MOST_RESULTS:,} records changed in one moment")
        narrowed = [{"filters": [{**filter_, "highValue": oldest}]}]
        return Page(records, asked.with_params(filterGroups=narrowed, after=None))

    def row_for(self, contract: Contract, item: Any) -> dict[str, Any]:
        """Return a record under the names of its contract."""
        if contract is CRM_ACCOUNTS:
            return company_row(item, self.settings.segment_property)
        if contract is CRM_CONTACTS:
            return contact_row(item)
        return deal_row(item, self.settings.touches_property)

    def is_refused(self, error: HttpError) -> bool:
        """Whether an error says that the token does not do; one without the scope for contacts does for all else."""
        return super().is_refused(error) and not (error.status == 403 and "/objects/contacts" in error.url)

    def probe(self) -> Ask:
        """Return the request for one company."""
        return Ask("/crm/v3/objects/companies", {"limit": 1})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the token."""
        return {"Authorization": f"Bearer {self.secrets['access_token']}"}


@dlt.source(name="hubspot")
def hubspot(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.hubspot`."""
    return network_posts(Hubspot, landing, listening)
