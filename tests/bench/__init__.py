"""`make bench`: how fast the whole road is, what it needs, and how it compares, all measured in one run.

    python -m tests.bench                 500,000 posts, some ten minutes
    python -m tests.bench --quick         5,000 posts: does the benchmark itself work?

The road is `listenhouse run` as a user starts it, on JSON lines that a vendor might have exported. Nothing is
built into the product for it: stages are read off Dagster's event log and dbt's run results, cost off the
operating system.
"""
