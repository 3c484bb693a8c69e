"""Constants of the Zendesk source."""

from datetime import timedelta

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration

TICKETS = "/api/v2/incremental/tickets/cursor.json"
EVENTS = "/api/v2/incremental/ticket_events.json"
AGENTS = "/api/v2/users.json"
PAGE_SIZE = 1000
AGENTS_A_PAGE = 100
MAX_AGENT_PAGES = 200
SATISFACTION = {"good": 5, "bad": 1}
"""Zendesk asks whether it was good or bad: on the scale of 1 to 5, 4 and 5 are satisfied."""
POLITENESS = Politeness(pause_per_host_s=6.0, max_bytes=128 * 1024 * 1024)
LAST_MINUTE = timedelta(minutes=2)
"""An export may not begin within the last minute."""
TOKENS = "Admin Center, Apps and integrations, APIs, Zendesk API, Add API token"

DECLARATION = Declaration(
    name="zendesk",
    platform="zendesk",
    api="https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/",
    paging="cursor",
    data_flow="incremental tickets, ticket_events -> raw_zendesk.support_cases, raw_zendesk.case_messages",
    delete_capture="stream",
    rate_limit="Ten requests a minute for incremental exports; one in six seconds here, Retry-After obeyed",
    terms="The contract with Zendesk; the data are the customer's own.",
    personal_data="What customers and agents wrote, contact details masked, keyed pseudonyms of both and of the "
    "requester's e-mail address. No names, addresses, phones, attachments.",
    retention_days=None,
    overlap_hours=1,
    credentials=(
        Credential("email", "e-mail address of an agent who may export tickets", TOKENS),
        Credential("api_token", "API token", TOKENS),
    ),
    query_limits=None,
)
