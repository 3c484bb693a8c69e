"""The contract of what people in the company pass on: anyone who sees a lead or an issue can."""

from ingestion.landing.business import DELETED
from ingestion.landing.contract import Column, Contract

FLAG_KINDS = ("lead", "issue", "praise", "other")

EMPLOYEE_FLAGS = Contract(
    resource="employee_flags",
    key="flag_id",
    description="One observation of one post that an employee passed on.",
    columns=(
        Column("flag_id", "text", "Id of the flag, unique in its source.", required=True, max_length=512),
        Column("post_url", "text", "Address of the post.", content=True, max_length=8_192),
        Column(
            "post_key",
            "text",
            "Key of the post in the marts, where the employee found it there.",
            max_length=1_024,
        ),
        Column(
            "flag_kind",
            "text",
            "lead (somebody may buy), issue (somebody has to act), praise, other.",
            default="other",
            normalise="lower",
            allowed=FLAG_KINDS,
        ),
        Column("note", "text", "What the employee says about it.", content=True, max_length=4_000),
        Column("employee_id", "author", "Keyed pseudonym of the employee.", content=True),
        Column("flagged_at", "timestamp", "When it was passed on.", required=True, waived_when_deleted=True),
        DELETED,
    ),
)

PEOPLE = (EMPLOYEE_FLAGS,)
