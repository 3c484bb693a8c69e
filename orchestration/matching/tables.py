"""Every table of schema `listening` as the road gets it: the rows of the file, and models trained on its examples."""

import pyarrow as pa

from ingestion.landing import Pseudonyms
from ingestion.listening import Listening
from ingestion.listening.tables import ALL_SCHEMAS, listening_tables
from orchestration.matching.relevance import RELEVANCE_WEIGHTS, relevance_table

SCHEMAS: dict[str, pa.Schema] = {**ALL_SCHEMAS, "relevance_weights": RELEVANCE_WEIGHTS}


def compiled_tables(listening: Listening, pseudonyms: Pseudonyms) -> dict[str, pa.Table]:
    """Return one Arrow table for each table of SCHEMAS, rows in a fixed order."""
    return {**listening_tables(listening, pseudonyms), "relevance_weights": relevance_table(listening)}
