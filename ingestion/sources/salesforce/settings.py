"""Constants of the Salesforce source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration

VERSION = "v60.0"
QUERY = f"/services/data/{VERSION}/queryAll"
TOKEN = "/services/oauth2/token"
POLITENESS = Politeness(pause_per_host_s=0.2, max_bytes=64 * 1024 * 1024)
APP = "Setup, App Manager, a connected app with the client credentials flow and the scope api"

ACCOUNT_FIELDS = ("Industry", "BillingCountry", "AnnualRevenue", "NumberOfEmployees")
OPPORTUNITY_FIELDS = ("Amount", "LeadSource", "Type")
"""Fields that the integration user may not be let see: they are asked for as long as Salesforce knows them."""
SPENT_WAIT_S = 3600.0
"""Seconds to leave an org alone whose requests of the day are used up: they come back hour by hour."""
NEW_CUSTOMER = frozenset({"new business", "new customer"})
RENEWAL = frozenset({"renewal"})

DECLARATION = Declaration(
    name="salesforce",
    platform="salesforce",
    api="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm",
    paging="link",
    data_flow="queryAll of Account, Opportunity, Contact -> raw_salesforce.crm_accounts, "
    "raw_salesforce.crm_opportunities, raw_salesforce.crm_contacts",
    delete_capture="stream",
    rate_limit="100,000 requests a day and more by edition; 2,000 records a request, five requests a second here",
    terms="The contract with Salesforce; the data are the customer's own.",
    personal_data="Names of accounts, which are companies. Of contacts their id, their account and a keyed pseudonym "
    "of their e-mail address; no names, addresses, phones, titles. No leads, owners, descriptions.",
    retention_days=None,
    overlap_hours=1,
    credentials=(
        Credential("client_id", "consumer key of a connected app", APP),
        Credential("client_secret", "consumer secret of that app", APP),
    ),
    query_limits=None,
)
