"""Constants of the Delighted source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration

RESPONSES = "/v1/survey_responses.json"
PAGE_SIZE = 100
POLITENESS = Politeness(pause_per_host_s=0.5, max_bytes=32 * 1024 * 1024)

DECLARATION = Declaration(
    name="delighted",
    platform="delighted",
    api="https://app.delighted.com/docs/api/listing-survey-responses",
    paging="page number",
    data_flow="survey_responses -> raw_delighted.nps_responses",
    delete_capture="none",
    rate_limit="Not told in figures; two requests a second here, Retry-After obeyed",
    terms="The contract with Delighted; the data are the customer's own.",
    personal_data="Scores and comments, contact details masked, keyed pseudonyms of the person and of their e-mail "
    "address. No names, addresses, phones, notes.",
    retention_days=None,
    overlap_hours=1,
    credentials=(Credential("api_key", "API key of the project", "https://app.delighted.com/account/api"),),
    query_limits=None,
)
