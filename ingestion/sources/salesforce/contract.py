"""Records of Salesforce as rows of the landing contracts. What is not given is absent, never 0."""

from datetime import datetime
from typing import Any

from ingestion.network import MOMENT
from ingestion.sources.salesforce.settings import NEW_CUSTOMER, RENEWAL


def account_row(record: dict[str, Any], segment_field: str) -> dict[str, Any]:
    """Return an Account under the names of `crm_accounts`."""
    return _seen(record) | {
        "account_id": record["Id"],
        "account_name": record.get("Name"),
        "industry": record.get("Industry"),
        "segment": record.get(segment_field),
        "country": record.get("BillingCountry"),
        "annual_revenue": record.get("AnnualRevenue"),
        "employees": record.get("NumberOfEmployees"),
        "created_at": record.get("CreatedDate"),
    }


def contact_row(record: dict[str, Any]) -> dict[str, Any]:
    """Return a Contact under the names of `crm_contacts`; landing makes a pseudonym of the address."""
    return _seen(record) | {
        "contact_id": record["Id"],
        "account_id": record.get("AccountId"),
        "email": record.get("Email"),
        "created_at": record.get("CreatedDate"),
    }


def opportunity_row(record: dict[str, Any], touches_field: str | None) -> dict[str, Any]:
    """Return an Opportunity under the names of `crm_opportunities`."""
    is_closed = record["IsClosed"]
    kind = record["Type"].strip().lower() if record.get("Type") else None
    source = record.get("LeadSource")
    return _seen(record) | {
        "opportunity_id": record["Id"],
        "account_id": record.get("AccountId"),
        "stage": record.get("StageName"),
        "amount": record.get("Amount"),
        "lead_source": "social" if source in ("Social", "Social Media") else source,
        "social_touches": record.get(touches_field) if touches_field else None,
        "is_new_customer": kind in NEW_CUSTOMER if kind else None,
        "is_renewal": kind in RENEWAL if kind else None,
        "is_won": record["IsWon"],
        "is_closed": is_closed,
        "created_at": record.get("CreatedDate"),
        # A day without a clock; noon is on that day nearly everywhere. Of an open one it is only hoped for.
        "closed_at": f"{record['CloseDate']}T12:00:00+00:00"
        if is_closed and record.get("CloseDate")
        else None,
    }


def _seen(record: dict[str, Any]) -> dict[str, Any]:
    """Return when the record was last changed, which orders what pages say, and whether it is in the bin."""
    changed = datetime.fromisoformat(record["SystemModstamp"]).isoformat()
    return {MOMENT: changed, "observed_at": changed, "is_deleted": record["IsDeleted"]}
