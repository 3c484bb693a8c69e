"""Constants of the HubSpot source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration

PAGE_SIZE = 100
MOST_RESULTS = 10_000
"""How many results of one search HubSpot gives, in pages; the rest needs another search."""
CHANGED = "hs_lastmodifieddate"
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
        CHANGED,
    ),
    "companies": (
        "name",
        "industry",
        "country",
        "annualrevenue",
        "numberofemployees",
        "createdate",
        CHANGED,
    ),
}
SOCIAL = frozenset({"SOCIAL_MEDIA", "PAID_SOCIAL"})
POLITENESS = Politeness(pause_per_host_s=0.3, max_bytes=64 * 1024 * 1024)

DECLARATION = Declaration(
    name="hubspot",
    platform="hubspot",
    api="https://developers.hubspot.com/docs/api/crm/search",
    paging="cursor",
    data_flow="search of deals, companies -> raw_hubspot.crm_opportunities, raw_hubspot.crm_accounts",
    delete_capture="stream",
    rate_limit="Five searches a second and account; three a second here, Retry-After obeyed",
    terms="The contract with HubSpot; the data are the customer's own.",
    personal_data="Names of companies. No contacts, owners, addresses, notes, names of deals.",
    retention_days=None,
    overlap_hours=1,
    credentials=(
        Credential(
            "access_token",
            "token of a private app with crm.objects.deals.read and crm.objects.companies.read",
            "HubSpot, Settings, Integrations, Private Apps",
        ),
    ),
    query_limits=None,
)
