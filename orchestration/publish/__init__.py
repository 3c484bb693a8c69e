"""Releases: what BI tools read. Built from the checked marts, moved into place in one step, kept N deep.

    published/
      current -> releases/20260831T060000123Z-1f3a9c2e      the link that readers follow
      releases/20260831T060000123Z-1f3a9c2e/
        listenhouse.duckdb    schema `marts`, readable by DuckDB drivers since 1.0; `marts.release` says which
                              release this is, `marts.data_dictionary` what every column means
        parquet/<mart>.parquet
        manifest.json         what it was built from, rows, columns and a hash of every mart
        days.json             what the rows of large marts add up to, day by day: the next release writes
                              only the days that differ, see `orchestration.publish.carry_over`
        report.html           where the caller gives a report writer

Readers either see release N or release N+1, whole. A kill at any moment leaves the previous release in
place; the next build removes what the killed one left behind.
"""

from orchestration.publish.build import build_release
from orchestration.publish.errors import GateFailed, NoRelease, PublishError, QueryError, WarehouseBusy
from orchestration.publish.query import run_query
from orchestration.publish.release import Release, activate, current_release, list_releases

__all__ = [
    "GateFailed",
    "NoRelease",
    "PublishError",
    "QueryError",
    "Release",
    "WarehouseBusy",
    "activate",
    "build_release",
    "current_release",
    "list_releases",
    "run_query",
]
