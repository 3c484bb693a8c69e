"""Records of HubSpot as rows of the landing contracts. What is not given is absent, never 0."""

from typing import Any

from ingestion.network import MOMENT
from ingestion.sources.hubspot.settings import CHANGED, SOCIAL


def company_row(record: dict[str, Any], segment_property: str) -> dict[str, Any]:
    """Return a company under the names of `crm_accounts`."""
    known = record["properties"]
    return _seen(record, "companies") | {
        "account_id": str(record["id"]),
        "account_name": known.get("name"),
        "industry": known.get("industry"),
        "segment": known.get(segment_property),
        "country": known.get("country"),
        "annual_revenue": known.get("annualrevenue"),
        "employees": known.get("numberofemployees"),
        "created_at": known.get("createdate"),
    }


def contact_row(record: dict[str, Any]) -> dict[str, Any]:
    """Return a contact under the names of `crm_contacts`; landing makes a pseudonym of the address."""
    known = record["properties"]
    return _seen(record, "contacts") | {
        "contact_id": str(record["id"]),
        "account_id": known.get("associatedcompanyid"),
        "email": known.get("email"),
        "created_at": known.get("createdate"),
    }


def deal_row(record: dict[str, Any], touches_property: str | None) -> dict[str, Any]:
    """Return a deal under the names of `crm_opportunities`."""
    known = record["properties"]
    is_closed = known.get("hs_is_closed")
    source, kind = known.get("hs_analytics_source"), known.get("dealtype")
    return _seen(record, "deals") | {
        "opportunity_id": str(record["id"]),
        "account_id": known.get("hs_primary_associated_company"),
        "stage": known.get("dealstage"),
        "amount": known.get("amount"),
        "lead_source": "social" if source in SOCIAL else source,
        "social_touches": known.get(touches_property) if touches_property else None,
        "is_new_customer": kind == "newbusiness" if kind else None,
        "is_won": known.get("hs_is_closed_won"),
        "is_closed": is_closed,
        "created_at": known.get("createdate"),
        # The close date of an open deal is only hoped for.
        "closed_at": known.get("closedate") if is_closed == "true" else None,
    }


def _seen(record: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return when the record was last changed, which orders what pages say, and whether it was deleted.

    The list of deleted records is in no order: it has no moment, and is read to its end.
    """
    if record.get("archived"):
        return {MOMENT: None, "observed_at": record["archivedAt"], "is_deleted": True}
    changed = record["properties"][CHANGED[kind]]
    return {MOMENT: changed, "observed_at": changed, "is_deleted": False}
