"""The report of a release: one page, `report.html`, that needs no network and reads only the release.

    build_report(release_db, out, context=...)      the page from a release's DuckDB file
    report_writer(reporting_time_zone=..., ...)     the same as the hook that `build_release` calls

Queries are in `sql/`, one section of the page a file in `sections/`, words for metrics in `definitions.py`.
"""

from orchestration.report.build import build_report, report_writer

__all__ = ["build_report", "report_writer"]
