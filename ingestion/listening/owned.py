"""Accounts that speak for an entity, as rows: pseudonyms made as landing makes them, so that posts join."""

import pyarrow as pa

from ingestion.landing.pseudonyms import Pseudonyms
from ingestion.listening.models import Listening

OWNED_ACCOUNTS = pa.schema({"entity_id": pa.string(), "platform": pa.string(), "author_key": pa.string()})


def compile_owned_accounts(listening: Listening, pseudonyms: Pseudonyms) -> pa.Table:
    """Return the table `listening.owned_accounts`: one row per account of an entity, in a fixed order.

    An account's id leaves no trace: `author_key` is what landing makes of the same platform and id.
    """
    rows = sorted(
        (entity.id, platform, pseudonyms.one(platform, account))
        for _, entity in listening.entities()
        for platform, accounts in entity.owned.items()
        for account in accounts
    )
    columns = zip(*rows, strict=True) if rows else [()] * len(OWNED_ACCOUNTS)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, OWNED_ACCOUNTS, strict=True)]
    return pa.table(arrays, OWNED_ACCOUNTS)
