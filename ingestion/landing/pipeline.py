"""The dlt pipeline of a source: where it writes, how it is set up, and how it recovers after a kill."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ingestion.home import Home

if TYPE_CHECKING:
    from dlt import Pipeline

SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    # One resource after another, so that the counts, which come last, are complete.
    "EXTRACT__NEXT_ITEM_MODE": "fifo",
    # The load id is added to Arrow tables as they are written; files are not rewritten for it.
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_ID": "false",
    "NORMALIZE__WORKERS": "1",
    "LOAD__WORKERS": "1",
    # Loaded files hold the same text as the warehouse: kept, they would pile up and outlive an erasure.
    "LOAD__DELETE_COMPLETED_JOBS": "true",
}
"""dlt's settings for landing, as the environment variables that win over any configuration file."""

KEPT_PACKAGES = 20
"""Records of completed packages (no data) that stay in dlt's folder; older ones are removed."""
WAREHOUSE_SETTINGS = {"memory_limit": "1GB", "threads": 2}
SCHEMA_CONTRACT = {"tables": "evolve", "columns": "evolve", "data_type": "freeze"}


@contextmanager
def settings() -> Iterator[None]:
    """Have dlt see SETTINGS, and put the environment back afterwards."""
    before = {name: os.environ.get(name) for name in SETTINGS}
    os.environ.update(SETTINGS)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def make_pipeline(source: str, home: Home, *, dataset: str | None = None) -> "Pipeline":
    """Return the source's pipeline into `dataset` (raw_<source> by default), made anew.

    dlt's objects do not survive a second run in one process.
    """
    import dlt
    from dlt.destinations import duckdb
    from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials

    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    home.dlt.mkdir(parents=True, exist_ok=True)
    credentials = DuckDbCredentials(str(home.warehouse), global_config=dict(WAREHOUSE_SETTINGS))
    return dlt.pipeline(
        pipeline_name=f"listenhouse_{source}",
        destination=duckdb(credentials=credentials),
        dataset_name=dataset or f"raw_{source}",
        pipelines_dir=str(home.dlt),
    )


def drain(pipeline: "Pipeline", home: Home) -> list[str]:
    """Load what an earlier, interrupted run left behind; return what had to be told about it.

    dlt loads pending packages instead of extracting, so they go first. A package that cannot be read any more
    is dropped; dlt's state goes back to before it, and the source says the same again in this run.
    """
    messages = []
    while True:
        _remove_leftovers(Path(pipeline.working_dir))
        if not pipeline.has_pending_data:
            return messages
        _undo_unsure_jobs(Path(pipeline.working_dir), pipeline.dataset_name, home)
        try:
            pipeline.normalize()
            pipeline.load()
            messages.append("loaded what an interrupted run had left")
        except Exception as error:
            if not _is_missing_file(error):
                raise
            pipeline.abort_packages()
            messages.append("dropped the torn package of an interrupted run; its items are landed again")


def _remove_leftovers(working: Path) -> None:
    """Remove what a kill left of an extracted package that was being deleted, as it is normalised already.

    dlt would take the remaining files for a whole package: it fails on them for ever, or loads half of them.
    """
    for leftover in (working / "normalize" / "extracted").glob("*/"):
        if any((working / "load" / stage / leftover.name).exists() for stage in ("normalized", "loaded")):
            shutil.rmtree(leftover)


def _undo_unsure_jobs(working: Path, dataset: str, home: Home) -> None:
    """Take back what a killed load may have written, so that loading it again does not double it.

    A file that is `started` without dlt's mark that it was committed stands in its table, or does not.
    All files that this package has for that table are loaded once more, after their rows are deleted: the
    package is unfinished, so nobody has read them.
    """
    for package in (working / "load" / "normalized").glob("*/"):
        marks = package / ".pending_transitions"
        started = [job.name for job in (package / "started_jobs").glob("*")]
        unsure = {name.split(".")[0] for name in started if not _is_readable(marks / name)}
        for table in unsure:
            for mark in marks.glob(f"{table}.*"):
                mark.unlink()
            for job in (package / "completed_jobs").glob(f"{table}.*"):
                job.replace(package / "new_jobs" / job.name)
        if unsure:
            _delete_rows(dataset, unsure, package.name, home)


def _is_readable(mark: Path) -> bool:
    """Tell whether dlt wrote the mark, and wrote it whole: half of one would stop it for ever."""
    try:
        return bool(json.loads(mark.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return False


def _delete_rows(dataset: str, tables: set[str], load_id: str, home: Home) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        known = connection.execute(
            "select table_name from information_schema.columns "
            "where table_schema = ? and column_name = '_dlt_load_id' and list_contains(?, table_name)",
            [dataset, sorted(tables)],
        ).fetchall()
        for (table,) in known:
            connection.execute(f'delete from "{dataset}"."{table}" where _dlt_load_id = ?', [load_id])


def tidy(source: str, home: Home) -> None:
    """Remove what dlt leaves behind: old records of completed packages, and extracts torn by a kill.

    Both would grow for ever, and torn extracts hold text. Call it only while the source's pipeline is idle.
    """
    working = home.dlt / f"listenhouse_{source}"
    completed = working / "load" / "loaded"
    packages = sorted(completed.iterdir()) if completed.is_dir() else []
    torn = [path for path in (working / "normalize").glob("*/") if path.name != "extracted"]
    for folder in [*packages[:-KEPT_PACKAGES], *torn]:
        shutil.rmtree(folder)


def _is_missing_file(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, FileNotFoundError):
            return True
        error = error.__cause__ or error.__context__
    return False
