"""The contracts of business records that marts join with posts: CRM, NPS and support."""

from ingestion.landing.contract import Column, Contract
from ingestion.landing.pseudonyms import EMAIL

DELETED = Column(
    "is_deleted",
    "boolean",
    "Whether the system says that it is gone (a tombstone): it then counts nowhere.",
    default="false",
)
EMAIL_KEY = Column(
    "email",
    "author",
    "Keyed pseudonym of the person's e-mail address, the same in every source; the address itself is stored nowhere. "
    "NULL for what is no address.",
    content=True,
    namespace=EMAIL,
)

CRM_ACCOUNTS = Contract(
    resource="crm_accounts",
    key="account_id",
    description="One observation of one customer account.",
    columns=(
        Column("account_id", "text", "The CRM's own id of the account.", required=True, max_length=512),
        Column("account_name", "text", "Name of the account."),
        Column("industry", "text", "Industry as the CRM says it."),
        Column("segment", "text", "Customer segment."),
        Column("country", "text", "Country of the account, as the CRM says it."),
        Column("annual_revenue", "double", "Revenue of the account in a year, in the CRM's currency."),
        Column("employees", "integer", "Number of employees.", minimum=0),
        Column("created_at", "timestamp", "When the account was opened."),
        DELETED,
    ),
)

CRM_CONTACTS = Contract(
    resource="crm_contacts",
    key="contact_id",
    description="One observation of one person whom a CRM knows at an account: no name and no address of them.",
    columns=(
        Column("contact_id", "text", "The CRM's own id of the contact.", required=True, max_length=512),
        Column("account_id", "text", "The account they belong to.", max_length=512),
        EMAIL_KEY,
        Column("created_at", "timestamp", "When the contact was entered."),
        DELETED,
    ),
)

CRM_OPPORTUNITIES = Contract(
    resource="crm_opportunities",
    key="opportunity_id",
    description="One observation of one sales opportunity.",
    columns=(
        Column(
            "opportunity_id", "text", "The CRM's own id of the opportunity.", required=True, max_length=512
        ),
        Column("account_id", "text", "The account it belongs to.", max_length=512),
        Column("product", "text", "Product on offer."),
        Column("stage", "text", "Stage as the CRM says it."),
        Column("amount", "double", "Value in the CRM's currency."),
        Column("lead_source", "text", "Where the lead came from."),
        Column(
            "social_touches",
            "integer",
            "Contacts through social media before the sale (clicks, messages, replies) that the CRM records "
            "with the lead's consent; absent where it records none of them.",
            minimum=0,
        ),
        Column("first_contact_at", "timestamp", "When somebody first spoke to the lead."),
        Column("is_new_customer", "boolean", "Whether the account had bought nothing before."),
        Column("is_renewal", "boolean", "Whether an existing contract is renewed."),
        Column("is_won", "boolean", "Whether it was won."),
        Column("is_closed", "boolean", "Whether it is closed, won or lost."),
        Column("created_at", "timestamp", "When it was opened."),
        Column("closed_at", "timestamp", "When it was closed."),
        DELETED,
    ),
)

NPS_RESPONSES = Contract(
    resource="nps_responses",
    key="response_id",
    description="One observation of one answer to the question of recommendation.",
    columns=(
        Column(
            "response_id", "text", "The survey tool's own id of the answer.", required=True, max_length=512
        ),
        Column("account_id", "text", "The account of the respondent.", max_length=512),
        Column("respondent_id", "author", "Keyed pseudonym of the respondent."),
        EMAIL_KEY,
        Column("product", "text", "Product asked about."),
        Column("segment", "text", "Customer segment."),
        Column("country", "text", "Country, as the survey tool says it."),
        Column(
            "language",
            "text",
            "Language of the answer (ISO 639).",
            normalise="language",
            pattern="[a-z]{2,3}",
        ),
        Column(
            "score",
            "integer",
            "Likelihood to recommend, 0 to 10.",
            required=True,
            waived_when_deleted=True,
            minimum=0,
            maximum=10,
        ),
        Column("comment", "text", "The reason, in the respondent's words.", content=True),
        Column("responded_at", "timestamp", "When the answer was given."),
        DELETED,
    ),
)

SUPPORT_CASES = Contract(
    resource="support_cases",
    key="case_id",
    description="One observation of one support case.",
    columns=(
        Column("case_id", "text", "The support tool's own id of the case.", required=True, max_length=512),
        Column("account_id", "text", "The account of the customer.", max_length=512),
        Column("customer_id", "author", "Keyed pseudonym of the customer."),
        EMAIL_KEY,
        Column("channel", "text", "Channel through which the case came in."),
        Column("product", "text", "Product it is about."),
        Column("topic", "text", "Topic as the support tool says it."),
        Column("text", "text", "What the customer wrote.", content=True),
        Column(
            "language", "text", "Language of the text (ISO 639).", normalise="language", pattern="[a-z]{2,3}"
        ),
        Column("status", "text", "Status as the support tool says it."),
        Column("opened_at", "timestamp", "When the case was opened."),
        Column("first_response_at", "timestamp", "When somebody first answered."),
        Column("resolved_at", "timestamp", "When it was resolved."),
        Column("csat_score", "integer", "Satisfaction after the case, 1 to 5.", minimum=1, maximum=5),
        DELETED,
    ),
)

CASE_MESSAGES = Contract(
    resource="case_messages",
    key="message_id",
    description="One observation of one message between a customer and support.",
    columns=(
        Column(
            "message_id", "text", "The support tool's own id of the message.", required=True, max_length=512
        ),
        Column(
            "case_id",
            "text",
            "The case it belongs to. Without it, messages that answer each other make a case.",
            max_length=512,
        ),
        Column("in_reply_to_message_id", "text", "The message that it answers.", max_length=512),
        Column("brand", "text", "Brand or support account that was written to.", max_length=512),
        Column("channel", "text", "Channel through which it came or went."),
        Column("author_id", "author", "Keyed pseudonym of who wrote it."),
        Column("is_inbound", "boolean", "True from the customer, false from support.", required=True),
        Column(
            "message_kind",
            "text",
            "message; automatic for a robot's receipt; note for what the customer does not see. "
            "Only a message counts as an answer.",
            default="message",
            normalise="lower",
            allowed=("message", "automatic", "note"),
        ),
        Column("needs_reply", "boolean", "Whether it asks for an answer, as the support tool says it."),
        Column("text", "text", "What was written.", content=True),
        Column(
            "language", "text", "Language of the text (ISO 639).", normalise="language", pattern="[a-z]{2,3}"
        ),
        Column("sent_at", "timestamp", "When it was sent.", required=True),
    ),
)

SURVEY_INVITATIONS = Contract(
    resource="survey_invitations",
    key="batch_id",
    description="One observation of how many invitations to a survey went out together.",
    columns=(
        Column("batch_id", "text", "The survey tool's own id of the batch.", required=True, max_length=512),
        Column("segment", "text", "Customer segment that was invited."),
        Column("invitations", "integer", "Number of invitations sent.", required=True, minimum=0),
        Column("sent_at", "timestamp", "When they were sent.", required=True),
    ),
)

BUSINESS = (
    CRM_ACCOUNTS,
    CRM_CONTACTS,
    CRM_OPPORTUNITIES,
    NPS_RESPONSES,
    SURVEY_INVITATIONS,
    SUPPORT_CASES,
    CASE_MESSAGES,
)
