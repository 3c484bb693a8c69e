"""Salesforce: accounts, opportunities and contacts of one org, as they change.

API: REST, `queryAll` with SOQL, newest change first; the token comes from `/services/oauth2/token` of the org's own
domain (client credentials).
Paging: by `nextRecordsUrl` of each answer, 2,000 records a page.
Data flow: Account -> raw_salesforce.crm_accounts, Opportunity -> raw_salesforce.crm_opportunities, Contact ->
raw_salesforce.crm_contacts (id, account, pseudonym of the address); what does not fit -> raw_salesforce.quarantine.
`observed_at` is the record's SystemModstamp.
Edits: a record with a new SystemModstamp is another observation.
Deletes: stream. queryAll gives what is in the recycle bin, with IsDeleted; it lands as a tombstone. What is taken out
of the bin again comes back with a newer SystemModstamp. What is erased for good between two runs is not seen.
Rate limit: the org's requests a day, of which few are needed; where they are used up, the next hour tries again.
Terms: see the declaration in `settings.py`, also for personal data.
"""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import dlt

from ingestion.http import Answer, HttpClient, HttpError
from ingestion.landing import CRM_ACCOUNTS, CRM_CONTACTS, CRM_OPPORTUNITIES, Contract
from ingestion.network import Ask, BadAnswer, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.salesforce.contract import account_row, contact_row, opportunity_row
from ingestion.sources.salesforce.settings import (
    ACCOUNT_FIELDS,
    DECLARATION,
    OPPORTUNITY_FIELDS,
    POLITENESS,
    QUERY,
    SPENT_WAIT_S,
    TOKEN,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (CRM_OPPORTUNITIES, CRM_ACCOUNTS, CRM_CONTACTS)


class Salesforce(Network):
    """Records of three objects by the time of their last change."""

    declaration = DECLARATION
    politeness = POLITENESS
    contract = CRM_OPPORTUNITIES
    optional_fields = (*OPPORTUNITY_FIELDS, *ACCOUNT_FIELDS)
    _token: str | None = None

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return the objects; contacts where they are wanted."""
        contacts = [Stream("contacts", "Contact", CRM_CONTACTS)] if self.settings.contacts else []
        return [
            Stream("opportunities", "Opportunity", CRM_OPPORTUNITIES),
            Stream("accounts", "Account", CRM_ACCOUNTS),
            *contacts,
        ]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the query for what changed between the two moments, newest first."""
        needed = {
            "Account": "Id, Name, CreatedDate",
            "Contact": "Id, AccountId, Email, CreatedDate",
            "Opportunity": "Id, AccountId, StageName, IsWon, IsClosed, CreatedDate, CloseDate",
        }[stream.what]
        # Whole seconds, outwards: what is read twice is a duplicate.
        return Ask(
            QUERY,
            {
                "q": f"SELECT {needed}, SystemModstamp, IsDeleted FROM {stream.what} "
                f"WHERE SystemModstamp >= {since:%Y-%m-%dT%H:%M:%SZ} "
                f"AND SystemModstamp <= {until + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ} "
                "ORDER BY SystemModstamp DESC"
            },
        )

    @property
    def _fields(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        touches = self.settings.touches_field
        return (
            (*ACCOUNT_FIELDS, self.settings.segment_field),
            (*OPPORTUNITY_FIELDS, *([touches] if touches else [])),
        )

    def fields_of(self, ask: Ask) -> tuple[str, ...]:
        """Return the optional fields of the object that a query is about; a next page asks for none."""
        account, opportunity = self._fields
        query = ask.params.get("q", "")
        return account if " FROM Account " in query else opportunity if " FROM Opportunity " in query else ()

    def with_fields(self, ask: Ask, fields: tuple[str, ...]) -> Ask:
        """Return the query with these fields, too."""
        if "q" not in ask.params or not fields:
            return ask
        return ask.with_params(q=ask.params["q"].replace(" FROM ", f", {', '.join(fields)} FROM ", 1))

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the records, and the request for `nextRecordsUrl`."""
        following = body.get("nextRecordsUrl")
        if following is not None and not following.startswith("/services/"):
            # An address elsewhere would be sent the token.
            raise BadAnswer("invalid_json", "nextRecordsUrl leads away from the org")
        return Page(body["records"], Ask(following) if following and not body["done"] else None)

    def row_for(self, contract: Contract, item: Any) -> dict[str, Any]:
        """Return a record under the names of its contract."""
        if contract is CRM_ACCOUNTS:
            return account_row(item, self.settings.segment_field)
        if contract is CRM_CONTACTS:
            return contact_row(item)
        return opportunity_row(item, self.settings.touches_field)

    def wait_asked_by(self, error: HttpError) -> float | None:
        """Return an hour where the requests of the day are used up, which Salesforce says with a 403."""
        return SPENT_WAIT_S if b"REQUEST_LIMIT_EXCEEDED" in error.body else None

    def probe(self) -> Ask:
        """Return the request for one account's id."""
        return Ask(QUERY, {"q": "SELECT Id FROM Account LIMIT 1"})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the token, asked for once a run."""
        if self._token is None:
            login = {
                "grant_type": "client_credentials",
                "client_id": self.secrets["client_id"],
                "client_secret": self.secrets["client_secret"],
            }
            answer = http.post(
                self.settings.base_url.rstrip("/") + TOKEN,
                urlencode(login).encode(),
                {"Content-Type": "application/x-www-form-urlencoded"},
            )
            self._token = json.loads(answer.body)["access_token"]
        return {"Authorization": f"Bearer {self._token}"}


@dlt.source(name="salesforce")
def salesforce(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.salesforce`."""
    return network_posts(Salesforce, landing, listening)
