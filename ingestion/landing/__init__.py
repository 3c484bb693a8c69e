"""Landing: what a source says becomes typed, append-only observations, or goes to quarantine with its reason.

A source hands over batches under contract names; `Landing` validates them in one SQL statement, replaces
authors by pseudonyms, detects languages, tells duplicates, and counts everything it received. `runner.land`
runs a source through dlt into the warehouse.
"""

from ingestion.landing.business import (
    BUSINESS,
    CASE_MESSAGES,
    CRM_ACCOUNTS,
    CRM_CONTACTS,
    CRM_OPPORTUNITIES,
    NPS_RESPONSES,
    SUPPORT_CASES,
    SURVEY_INVITATIONS,
)
from ingestion.landing.contract import Column, Contract
from ingestion.landing.counts import Counts
from ingestion.landing.landing import Landing
from ingestion.landing.marketing import ACCOUNT_METRICS, AD_COSTS, MARKETING, POST_INSIGHTS, WEB_SESSIONS
from ingestion.landing.people import EMPLOYEE_FLAGS, PEOPLE
from ingestion.landing.posts import POSTS
from ingestion.landing.pseudonyms import Pseudonyms, load_pseudonyms
from ingestion.landing.rivals import RIVAL_LABELS

__all__ = [
    "ACCOUNT_METRICS",
    "AD_COSTS",
    "BUSINESS",
    "CASE_MESSAGES",
    "CRM_ACCOUNTS",
    "CRM_CONTACTS",
    "CRM_OPPORTUNITIES",
    "EMPLOYEE_FLAGS",
    "MARKETING",
    "NPS_RESPONSES",
    "PEOPLE",
    "POSTS",
    "POST_INSIGHTS",
    "RIVAL_LABELS",
    "SUPPORT_CASES",
    "SURVEY_INVITATIONS",
    "WEB_SESSIONS",
    "Column",
    "Contract",
    "Counts",
    "Landing",
    "Pseudonyms",
    "load_pseudonyms",
]
