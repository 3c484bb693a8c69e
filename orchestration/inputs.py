"""What a release is made from: if nothing of it changed, nothing has to be rebuilt or published."""

from typing import Any

import duckdb

from ingestion.home import Home
from ingestion.listening import Listening
from ingestion.registry import SOURCES
from orchestration.publish import NoRelease, current_release
from orchestration.transform_state import acknowledgements_hash, transform_hash


def release_inputs(home: Home, listening: Listening) -> dict[str, Any]:
    """Return the versions of all inputs in the warehouse: loads of each source, settings, models, code.

    A load that brought nothing but a message, such as that a feed is still down, changes no mart.
    """
    with duckdb.connect(str(home.warehouse)) as connection:
        loads = {
            source: connection.execute(
                f"select count(distinct _dlt_load_id), max(_dlt_load_id) from raw_{source}.landings"
                " where received > 0 and _dlt_load_id in"
                f" (select load_id from raw_{source}._dlt_loads where status = 0)"
            ).fetchone()
            for source in SOURCES
        }
        references = {
            dataset: connection.execute(f"select fingerprint from {dataset}.fingerprint").fetchone()[0]
            for dataset in ("listening", "ml")
        }
    return {
        "loads": {source: list(seen) for source, seen in loads.items()},
        "references": references,
        "transform": transform_hash(listening),
        "acknowledgements": acknowledgements_hash(),
    }


def is_published(home: Home, inputs: dict[str, Any]) -> bool:
    """Tell whether the current release was made from exactly these inputs."""
    try:
        return current_release(home).manifest["inputs"] == inputs
    except NoRelease:
        return False
