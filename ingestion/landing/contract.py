"""What a resource's rows look like once landed: columns, types, limits, and the tables they make.

A contract is the only thing from which landing SQL and landed schemas are generated. It is written by
us, in code; nothing a user types reaches it.
"""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

ColumnType = Literal["text", "author", "integer", "double", "boolean", "timestamp", "date", "json"]
Normalise = Literal["lower", "upper", "language"]

TIMESTAMP = pa.timestamp("us", tz="UTC")
MAX_TEXT = 100_000
"""Characters above which a text is quarantined: longer than any platform's post, article or review."""
MAX_KEY = 512
"""Characters above which a key or a pseudonymised id is quarantined."""

ARROW_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "author": pa.string(),
    "integer": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": TIMESTAMP,
    "date": pa.date32(),
    "json": pa.string(),
}


@dataclass(frozen=True)
class Column:
    """One column of a contract.

    An `author` column arrives as the platform's own id or handle under `name` (`author_id`) and lands
    as a pseudonym under `landed_name` (`author_key`), in the name space of the row's platform, or of customers, or
    in `namespace` where the column names its own.
    """

    name: str
    type: ColumnType
    description: str
    required: bool = False
    waived_when_deleted: bool = False
    """Not required of a tombstone."""
    content: bool = False
    """Personal or written content: NULL in a tombstone whatever the source still says."""
    derived: bool = False
    """Computed at landing, never read from the source, and no part of the content hash."""
    default: str | None = None
    """The text that stands in for a missing value."""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    pattern: str | None = None
    """Regular expression (RE2, whole value, after `normalise`) that a text must match."""
    allowed: tuple[str, ...] = ()
    normalise: Normalise | None = None
    namespace: str | None = None
    """Of an author column: the name space of its pseudonyms, one for all sources."""

    @property
    def landed_name(self) -> str:
        """The column's name in the landed table."""
        return self.name.removesuffix("_id") + "_key" if self.type == "author" else self.name

    @property
    def arrow_type(self) -> pa.DataType:
        """The column's type in the landed table."""
        return ARROW_TYPES[self.type]

    @property
    def length_limit(self) -> int:
        """Most characters that a text may have."""
        return self.max_length or (MAX_KEY if self.type == "author" else MAX_TEXT)


@dataclass(frozen=True)
class Contract:
    """A resource: its name (also the table's), its native key, and its columns in order.

    `identity` names the columns that together say which record a row is about, where the key alone does not.
    """

    resource: str
    key: str
    columns: tuple[Column, ...]
    description: str
    identity: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        assert self.key in names, f"contract {self.resource}: key {self.key} is no column"
        assert set(self.identity) <= set(names), f"contract {self.resource}: its identity is no column"
        assert len(set(names)) == len(names), f"contract {self.resource}: a column is named twice"

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which a source hands its values in (derived columns are not among them)."""
        return tuple(column.name for column in self.columns if not column.derived)

    @property
    def landed_identity(self) -> tuple[str, ...]:
        """The landed columns that together say which record a row is about."""
        wanted = self.identity or (self.key,)
        return tuple(column.landed_name for column in self.columns if column.name in wanted)

    @property
    def written_texts(self) -> tuple[str, ...]:
        """The columns that hold what somebody wrote, where contact details may stand."""
        return tuple(
            c.name for c in self.columns if c.content and c.type == "text" and not c.name.endswith("url")
        )

    @property
    def has_platform(self) -> bool:
        return any(column.name == "platform" for column in self.columns)

    @property
    def has_tombstones(self) -> bool:
        return any(column.name == "is_deleted" for column in self.columns)

    @property
    def arrow_schema(self) -> pa.Schema:
        """The landed table: what landing adds, the contract's columns, and `extra`."""
        return pa.schema(
            [pa.field(name, type_, nullable=False) for name, type_ in LANDED_FIRST]
            + [pa.field(column.landed_name, column.arrow_type) for column in self.columns]
            + [pa.field("extra", pa.string())]
        )


LANDED_FIRST: tuple[tuple[str, pa.DataType], ...] = (
    ("source_name", pa.string()),
    ("observation_id", pa.string()),
    ("content_hash", pa.string()),
    ("observed_at", TIMESTAMP),
    ("landing_run_id", pa.string()),
)

QUARANTINE_SCHEMA = pa.schema(
    [
        pa.field("source_name", pa.string(), nullable=False),
        pa.field("resource", pa.string(), nullable=False),
        pa.field("landing_run_id", pa.string(), nullable=False),
        pa.field("quarantined_at", TIMESTAMP, nullable=False),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("line", pa.int64()),
        pa.field("native_id", pa.string()),
        pa.field("field", pa.string()),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("detail", pa.string()),
        pa.field("remedy", pa.string()),
        pa.field("payload", pa.binary()),
        pa.field("payload_bytes", pa.int64()),
    ]
)
"""What did not fit, why, and what to do. `unit` is a file or address; `line` counts from 1."""

LANDINGS_SCHEMA = pa.schema(
    [
        pa.field("source_name", pa.string(), nullable=False),
        pa.field("resource", pa.string(), nullable=False),
        pa.field("landing_run_id", pa.string(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("unit_hash", pa.string()),
        pa.field("received", pa.int64(), nullable=False),
        pa.field("accepted", pa.int64(), nullable=False),
        pa.field("duplicate", pa.int64(), nullable=False),
        pa.field("quarantined", pa.int64(), nullable=False),
        pa.field("deleted", pa.int64(), nullable=False),
        pa.field("message", pa.string()),
        pa.field("started_at", TIMESTAMP, nullable=False),
        pa.field("ended_at", TIMESTAMP, nullable=False),
    ]
)
"""One row for each unit (file, address) of a run: received = accepted + duplicate + quarantined + deleted."""

READS_SCHEMA = pa.schema(
    [
        pa.field("source_name", pa.string(), nullable=False),
        pa.field("platform", pa.string(), nullable=False),
        pa.field("landing_run_id", pa.string(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("is_back_fill", pa.bool_(), nullable=False),
        pa.field("hour_at", TIMESTAMP, nullable=False),
        pa.field("is_whole_hour", pa.bool_(), nullable=False),
        pa.field("is_reread", pa.bool_(), nullable=False),
        pa.field("seen", pa.int64(), nullable=False),
        pa.field("known", pa.int64(), nullable=False),
        pa.field("found_before", pa.int64(), nullable=False),
        pa.field("told_total", pa.int64()),
        pa.field("read_at", TIMESTAMP, nullable=False),
    ]
)
"""What a read of a unit (a query, a timeline) saw of the posts of one hour (UTC, by their time of publication).

`seen` posts came, of which `known` had come to this unit before; `found_before` is how many had come in all,
so that `found_before - known` were missed this time. `is_whole_hour`: the read went over all of the hour;
`is_reread`: so had an earlier one. `told_total`: how many posts the API says there are in the day that
begins with this hour, where it says so.
"""
