"""The made-up API of each business system; a record stands where a network has a post.

A made-up record is numbered and dated like a post; `likes` makes its amount or its satisfaction. Only the first resource of
a source is made up at length, the others are empty unless a scene fills them.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.ingestion.kit.bench import NOW, PRIVATE, SECRET, Api, Bench, Post
from tests.replay_server import ReplayServer, Reply, Seen

ADDRESS = "Ann.Smith@mail.example"


class BusinessApi(Api):
    """Records of `resource` under `key`; `written` is the landed column of what somebody wrote, None where none is."""

    resource: ClassVar[str]
    key: ClassVar[str]
    written: ClassVar[str | None] = None
    deletes_with: ClassVar[str | None]
    """How the item of a deleted record differs, for the reader; None where the API does not tell."""
    ends_short: ClassVar[bool] = False
    """Whether a page that is not full is the last one: no empty page has one after it."""

    def __init__(self) -> None:
        super().__init__()
        self.others: dict[str, list[dict[str, Any]]] = {}

    def dead(self, post: Post) -> dict[str, Any]:
        """Return a record as the API gives it once it is deleted."""
        raise NotImplementedError

    def ordered(self, posts: list[Post]) -> list[Post]:
        """Return records newest change first."""
        return sorted(posts, key=lambda post: post.edited or post.created, reverse=True)

    def shown(self, post: Post) -> Any:
        """Return a record as it is now."""
        return self.dead(post) if post.number in self.gone else self.item(post)

    gone: frozenset[int] = frozenset()
    """Records that were deleted; unlike posts, they are still given."""


class RecordsBench(Bench):
    """A bench whose items are records of the source's first resource."""

    @property
    def posts(self) -> list[dict[str, Any]]:
        """All observations landed so far."""
        return self.tables.get(self.api.resource, [])

    @property
    def ids(self) -> set[str]:
        """Ids of all records landed so far."""
        return {row[self.api.key] for row in self.posts}

    def observations(self, number: int) -> list[dict[str, Any]]:
        """Return what was observed of a record, in order."""
        return [row for row in self.posts if row[self.api.key] == self.api.native_id(number)]


class SalesforceApi(BusinessApi):
    """Opportunities by SOQL; the next page is an address in the answer."""

    name = "salesforce"
    path = "/services/data/v60.0/queryAll"
    secrets: ClassVar = {"client_id": "kit-client", "client_secret": SECRET}
    settings: ClassVar = {"touches_field": "Touches__c"}
    resource, key = "crm_opportunities", "opportunity_id"
    deletes_with = "IsDeleted"

    def native_id(self, number: int) -> str:
        """Return an id of eighteen characters."""
        return f"006kit00000{number:04d}AAA"

    def item(self, post: Post) -> dict[str, Any]:
        """Return an Opportunity; what queries do not ask for is there as well."""
        return {
            "attributes": {"type": "Opportunity", "url": "/services/data/v60.0/sobjects/Opportunity/x"},
            "Id": self.native_id(post.number),
            "AccountId": "001kit",
            "StageName": "Closed Won",
            "Amount": post.likes * 100,
            "LeadSource": "Social Media",
            "Type": "New Business",
            "Touches__c": 2,
            "IsWon": True,
            "IsClosed": True,
            "IsDeleted": False,
            "CloseDate": "2026-02-20",
            "CreatedDate": "2026-02-01T10:00:00.000+0000",
            "SystemModstamp": (post.edited or post.created).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "Description": " ".join([PRIVATE["handle"], PRIVATE["bio"], post.text]),
            "Owner": {"Name": PRIVATE["name"], "SmallPhotoUrl": PRIVATE["avatar"], "City": PRIVATE["place"]},
        }

    def dead(self, post: Post) -> dict[str, Any]:
        """Return it from the recycle bin."""
        return self.item(post) | {"IsDeleted": True}

    def answer(self, seen: Seen) -> Any:
        """Return opportunities, and what there is of accounts and contacts."""
        for name, resource in (("Account", "crm_accounts"), ("Contact", "crm_contacts")):
            if f" FROM {name} " in seen.query.get("q", ""):
                records = self.others.get(resource, [])
                return {"totalSize": len(records), "done": True, "records": records}
        return super().answer(seen)

    def cursor(self, seen: Seen) -> str | None:
        """Return what stands in the address of a next page."""
        return seen.query.get("locator")

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the records and the address of the next page."""
        following = {"nextRecordsUrl": f"{self.path}?locator={cursor}"} if cursor else {}
        return {"totalSize": 11, "done": cursor is None, "records": items, **following}

    def serve_more(self, server: ReplayServer) -> None:
        """Serve the login."""
        server.serve(
            "/services/oauth2/token", {"access_token": SECRET + "-token", "instance_url": server.url}
        )


class ZendeskApi(BusinessApi):
    """Tickets from a moment on, oldest change first, with a cursor."""

    name = "zendesk"
    path = "/api/v2/incremental/tickets/cursor.json"
    secrets: ClassVar = {"email": "agent@kit.example", "api_token": SECRET}
    resource, key, written = "support_cases", "case_id", "text"
    deletes_with = "status: deleted"

    def item(self, post: Post) -> dict[str, Any]:
        """Return a ticket."""
        changed = post.edited or post.created
        return {
            "id": post.number,
            "generated_timestamp": int(changed.timestamp()),
            "created_at": "2026-02-01T10:00:00Z",
            "updated_at": changed.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "organization_id": 77,
            "requester_id": 501,
            "status": "solved",
            "description": post.text,
            "via": {
                "channel": "email",
                "source": {"from": {"address": PRIVATE["handle"], "name": PRIVATE["name"]}},
            },
            "satisfaction_rating": {"score": "good" if post.likes == 3 else "bad", "comment": PRIVATE["bio"]},
            "subject": PRIVATE["place"],
            "recipient": PRIVATE["avatar"],
        }

    def dead(self, post: Post) -> dict[str, Any]:
        """Return it deleted."""
        return self.item(post) | {"status": "deleted"}

    def answer(self, seen: Seen) -> Any:
        """Return what changed from a moment on, oldest first; the cursor holds that moment."""
        told = seen.query.get("cursor", "").partition(".")[2] or seen.query.get("start_time", "0")
        start = datetime.fromtimestamp(int(told), UTC)
        posts = self.posts
        self.posts = [post for post in posts if (post.edited or post.created) >= start]
        try:
            return super().answer(seen)
        finally:
            self.posts = posts

    def ordered(self, posts: list[Post]) -> list[Post]:
        """Return them oldest change first."""
        return sorted(posts, key=lambda post: post.edited or post.created)

    def cursor(self, seen: Seen) -> str | None:
        """Return the page's part of the cursor."""
        return seen.query["cursor"].partition(".")[0] if "cursor" in seen.query else None

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the tickets with their metrics, and the cursor, which is always there."""
        start = seen.query.get("cursor", "").partition(".")[2] or seen.query.get("start_time", "0")
        metrics = [
            {
                "ticket_id": item["id"],
                "solved_at": "2026-02-02T10:00:00Z",
                "reply_time_in_minutes": {"calendar": 90},
            }
            for item in items
            if isinstance(item, dict)
        ]
        return {
            "tickets": items,
            "metric_sets": metrics,
            "users": [{"id": 501, "role": "end-user", "name": PRIVATE["name"], "email": ADDRESS}],
            "after_cursor": f"{cursor or 'end'}.{start}",
            "end_of_stream": cursor is None,
        }

    def serve_more(self, server: ReplayServer) -> None:
        """Serve who is an agent, and the comments."""

        def agents(seen: Seen) -> Any:
            login = f"agent@kit.example/token:{SECRET}".encode()
            if seen.headers.get("authorization") != "Basic " + base64.b64encode(login).decode():
                return Reply({"error": "Couldn't authenticate you"}, status=401)
            second = "page[after]" in seen.query
            users = [{"id": 901, "role": "admin"}] if second else [{"id": 900, "role": "agent"}]
            return {"users": users, "meta": {"has_more": not second, "after_cursor": "next"}}

        def events(seen: Seen) -> Any:
            events = [
                e for e in self.others.get("events", []) if e["timestamp"] >= int(seen.query["start_time"])
            ]
            return {
                "ticket_events": events[:2],
                "end_of_stream": len(events) <= 2,
                "end_time": events[2]["timestamp"] if len(events) > 2 else int(NOW.timestamp()),
            }

        server.serve("/api/v2/users.json", agents, etag=False)
        server.serve("/api/v2/incremental/ticket_events.json", events, etag=False)


class DelightedApi(BusinessApi):
    """Answers by page number; a page that is not full is the last one."""

    name = "delighted"
    path = "/v1/survey_responses.json"
    secrets: ClassVar = {"api_key": SECRET}
    settings: ClassVar = {"segment_property": "plan"}
    resource, key, written = "nps_responses", "response_id", "comment"
    deletes_with, ends_short, has_cursor = None, True, False

    def item(self, post: Post) -> dict[str, Any]:
        """Return an answer."""
        return {
            "id": str(post.number),
            "person": {"id": PRIVATE["handle"], "name": PRIVATE["name"], "email": ADDRESS},
            "survey_type": "nps",
            "score": post.likes,
            "comment": post.text,
            "permalink": "https://app.delighted.com/r/" + PRIVATE["place"],
            "created_at": int(post.created.timestamp()),
            "updated_at": int(post.edited.timestamp()) if post.edited else None,
            "person_properties": {"plan": "gold", "name": PRIVATE["name"]},
            "notes": [{"text": PRIVATE["bio"]}],
            "tags": [PRIVATE["avatar"]],
        }

    def cursor(self, seen: Seen) -> str | None:
        """Return the page number as a cursor."""
        return f"c{int(seen.query['page']) - 1}" if seen.query["page"] != "1" else None

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the answers alone."""
        return items


class HubspotApi(BusinessApi):
    """Deals by a search that is posted; what was deleted stands in a list of its own."""

    name = "hubspot"
    path = "/crm/v3/objects/deals/search"
    secrets: ClassVar = {"access_token": SECRET}
    settings: ClassVar = {"touches_property": "social_touches"}
    resource, key = "crm_opportunities", "opportunity_id"
    deletes_with = "archived"

    def item(self, post: Post) -> dict[str, Any]:
        """Return a deal."""
        changed = (post.edited or post.created).isoformat()
        return {
            "id": str(post.number),
            "properties": {
                "dealstage": "closedwon",
                "amount": str(post.likes * 100),
                "hs_analytics_source": "PAID_SOCIAL",
                "dealtype": "newbusiness",
                "hs_is_closed": "true",
                "hs_is_closed_won": "true",
                "createdate": "2026-02-01T10:00:00Z",
                "closedate": "2026-02-20T10:00:00Z",
                "hs_primary_associated_company": "77",
                "hs_lastmodifieddate": changed,
                "social_touches": "2",
                "dealname": " ".join([PRIVATE["handle"], PRIVATE["name"], post.text]),
                "description": " ".join([PRIVATE["bio"], PRIVATE["avatar"], PRIVATE["place"]]),
            },
            "createdAt": "2026-02-01T10:00:00Z",
            "updatedAt": changed,
            "archived": False,
        }

    def dead(self, post: Post) -> dict[str, Any]:
        """Return it from the list of what was deleted."""
        return self.item(post) | {"archived": True, "archivedAt": (post.edited or post.created).isoformat()}

    def ordered(self, posts: list[Post]) -> list[Post]:
        """Return those that are not deleted, newest change first."""
        return super().ordered([post for post in posts if post.number not in self.gone])

    def cursor(self, seen: Seen) -> str | None:
        """Return `after` of the search."""
        return json.loads(seen.body).get("after")

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the deals, and `after`, which is a number."""
        following = {"paging": {"next": {"after": cursor.removeprefix("c")}}} if cursor else {}
        return {"total": 11, "results": items, **following}

    def serve_more(self, server: ReplayServer) -> None:
        """Serve what was deleted, the companies and the contacts."""

        def deleted(seen: Seen) -> Any:
            return {"results": [self.dead(post) for post in self.posts if post.number in self.gone]}

        server.serve("/crm/v3/objects/deals", deleted, etag=False)
        server.serve("/crm/v3/objects/companies", {"results": []}, etag=False)
        server.serve(
            "/crm/v3/objects/contacts",
            lambda seen: {"results": self.others.get("deleted crm_contacts", [])},
            etag=False,
        )
        for kind, resource in (("companies", "crm_accounts"), ("contacts", "crm_contacts")):
            server.serve(
                f"/crm/v3/objects/{kind}/search",
                lambda seen, resource=resource: {"total": 0, "results": self.others.get(resource, [])},
                etag=False,
            )


BUSINESS_APIS: tuple[type[BusinessApi], ...] = (DelightedApi, HubspotApi, SalesforceApi, ZendeskApi)
