"""All tables of schema `listening`: the rows of the file, and those in which names of people become pseudonyms."""

import pyarrow as pa

from ingestion.landing.pseudonyms import Pseudonyms
from ingestion.listening.compile import SCHEMAS, compile_listening, compile_query_filters
from ingestion.listening.models import Listening
from ingestion.listening.owned import OWNED_ACCOUNTS, compile_owned_accounts
from ingestion.listening.query.rows import QUERY_FILTERS

ALL_SCHEMAS: dict[str, pa.Schema] = {
    **SCHEMAS,
    "query_filters": QUERY_FILTERS,
    "owned_accounts": OWNED_ACCOUNTS,
}


def listening_tables(listening: Listening, pseudonyms: Pseudonyms) -> dict[str, pa.Table]:
    """Return one Arrow table for each table of ALL_SCHEMAS, rows in a fixed order."""
    return {
        **compile_listening(listening),
        "query_filters": compile_query_filters(listening, pseudonyms),
        "owned_accounts": compile_owned_accounts(listening, pseudonyms),
    }
