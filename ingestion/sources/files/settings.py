"""Limits of the files source."""

CHUNK_BYTES = 16 * 1024 * 1024
"""Bytes of a file read at once, unpacked: about 50,000 posts, and more than any one row may have."""
MAX_LINE_BYTES = 64 * 1024 * 1024
"""A JSON line longer than this is skipped and quarantined instead of filling the memory."""
PARQUET_ROWS = 50_000
"""Rows of a Parquet file read at once."""
SETTLE_SECONDS = 0.25
"""A file touched in the last RECENT_SECONDS is looked at twice, so far apart; if it grew, it has to wait."""
RECENT_SECONDS = 2.0
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
DELIMITERS = ",;\t|"
"""The separators of CSV files; the one most frequent in the header counts."""
EXTRACT = "e"
"""Prefix of the columns that readers hand over: their place in the plan, as a file's names are not ours."""
