"""Constants of the HubSpot source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration

PAGE_SIZE = 100
MOST_RESULTS = 10_000
"""How many results of one search HubSpot gives, in pages; the rest needs another search."""
CHANGED = {
    "deals": "hs_lastmodifieddate",
    "companies": "hs_lastmodifieddate",
    "contacts": "lastmodifieddate",
}
"""What HubSpot calls the time of the last change, by kind of record."""
PROPERTIES = {
    "deals": (
        "dealstage",
        "amount",
        "hs_analytics_source",
        "dealtype",
        "hs_is_closed",
        "hs_is_closed_won",
        "createdate",
        "closedate",
        "hs_primary_associated_company",
        CHANGED["deals"],
    ),
    "companies": (
        "name",
        "industry",
        "country",
        "annualrevenue",
        "numberofemployees",
        "createdate",
        CHANGED["companies"],
    ),
    "contacts": ("email", "associatedcompanyid", "createdate", CHANGED["contacts"]),
}
SOCIAL = frozenset({"SOCIAL_MEDIA", "PAID_SOCIAL"})
POLITENESS = Politeness(pause_per_host_s=0.3, max_bytes=64 * 1024 * 1024)

DECLARATION = Declaration(
    name="hubspot",
    platform="hubspot",
    api="https://developers.hubspot.com/docs/api/crm/search",
    paging="cursor",
    data_flow="search of deals, companies, contacts -> raw_hubspot.crm_opportunities, raw_hubspot.crm_accounts, "
    "raw_hubspot.crm_contacts",
    delete_capture="stream",
    rate_limit="Five searches a second and account; three a second here, Retry-After obeyed",
    terms="The contract with HubSpot; the data are the customer's own.",
    personal_data="Names of companies. Of contacts their id, their company and a keyed pseudonym of their e-mail "
    "address; no names, addresses, phones, titles. No owners, notes, names of deals.",
    retention_days=None,
    overlap_hours=1,
    credentials=(
        Credential(
            "access_token",
            "token of a private app with crm.objects.deals.read, crm.objects.companies.read and "
            "crm.objects.contacts.read",
            "HubSpot, Settings, Integrations, Private Apps",
        ),
    ),
    query_limits=None,
)
