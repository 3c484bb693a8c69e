"""One SQL statement that turns a batch into landed columns and says of every row whether it fits.

The statement is generated from the contract and from the Arrow types of the columns that came, never
from a user's text: what a user names arrives as Arrow columns under contract names or as a parameter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import pyarrow as pa

from ingestion.landing import timestamps
from ingestion.landing.contract import Column, Contract

Kind = Literal["text", "integer", "number", "boolean", "moment", "naive"]
"""What a column arrives as: text, whole numbers, other numbers, booleans, times with and without a zone."""

INTEGER = r"[+-]?[0-9]+(\.0*)?"
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
OBSERVED_AT = Column("observed_at", "timestamp", "When the source said it.")
NOTHING = ("NA", "N/A", "NaN", "nan", "null", "NULL", "None")
"""How R, pandas and databases write an absent number, time or boolean; a text may really be 'NA'."""
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?"
SEPARATOR, ABSENT = "chr(31)", "chr(30)"


@dataclass(frozen=True)
class Problem:
    """A way in which a row does not fit; its place in the list, from 1, is the number SQL returns."""

    column: Column
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Statement:
    """SQL over the view `batch` with parameters, and the problems its `_problem` numbers point at.

    The result has the contract's landed columns, then `_problem` (0 = fits), `_deleted` and
    `_fingerprint` (64 bits of the observation), one row for each row of the batch, in its order.
    """

    sql: str
    problems: tuple[Problem, ...]


def kind_of(type_: pa.DataType) -> Kind | None:
    """Return what an Arrow type counts as, None for nested types."""
    if pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return "text"
    if pa.types.is_integer(type_):
        return "integer"
    if pa.types.is_floating(type_) or pa.types.is_decimal(type_):
        return "number"
    if pa.types.is_boolean(type_):
        return "boolean"
    if pa.types.is_timestamp(type_):
        return "moment" if type_.tz else "naive"
    if pa.types.is_date(type_):
        return "naive"
    return None


@lru_cache(maxsize=256)
def statement(contract: Contract, kinds: tuple[tuple[str, Kind], ...]) -> Statement:
    """Return the statement for a batch whose columns (by contract name) are of these kinds.

    Author columns must already hold pseudonyms, and absent columns be left out. Parameters:
    $source_name, $run_id, $started_at, $time_zone.
    """
    present = dict(kinds)
    problems: list[Problem] = []
    conditions: list[str] = []

    def judge(column: Column, reason: str, condition: str, detail: str = "") -> None:
        problems.append(Problem(column, reason, detail))
        conditions.append(f"when {condition} then {len(problems)}")

    raw, cast = [], []
    columns = [column for column in contract.columns if not column.derived]
    ordered = sorted(columns, key=lambda column: column.name != contract.key)
    for column in [*ordered, OBSERVED_AT]:
        kind = present.get(column.name)
        raw.append(f"{_raw(contract, column, kind)} as r_{column.name}")
        value = READERS[column.type](column, kind)
        if column.default is not None:
            # Only for what is absent: what cannot be read must not turn into the default.
            default = f"cast('{column.default}' as {SQL_TYPES[column.type]})"
            value = f"(case when {_says_nothing(column, kind)} then {default} else {value} end)"
        cast.append(f"{value} as v_{column.name}")
    deleted = "coalesce(v_is_deleted, false)" if contract.has_tombstones else "false"
    for column in [*ordered, OBSERVED_AT]:
        if column.required:
            waiver = f" and not {deleted}" if column.waived_when_deleted else ""
            reason = "missing_id" if column.name == contract.key else "missing_value"
            nothing = _says_nothing(column, present.get(column.name))
            judge(
                column, reason, f"(case when v_{column.name} is null then {nothing}{waiver} else false end)"
            )
        if column.name in present:
            _judge_value(column, present[column.name], judge)
    extra = "nullif(extra, '')" if "extra" in present else "cast(null as varchar)"
    if "extra" in present:
        judge(Column("extra", "json", ""), "invalid_json", "r_extra is not null and not json_valid(r_extra)")

    landed = [_landed(contract, column, deleted) for column in columns]
    hashed = f", {SEPARATOR}, ".join(
        f"coalesce({_hashable(column)}, {ABSENT})"
        for column in [*columns, Column("extra", "json", "", content=True)]
    )
    names = {column.name: f"l_{column.name}" for column in columns}
    final = [
        f"cast(null as varchar) as {column.landed_name}"
        if column.derived
        else f"{names[column.name]} as {column.landed_name}"
        for column in contract.columns
    ]
    clears = contract.has_tombstones
    sql = f"""
        with raw as (select {", ".join(raw)}, {extra} as r_extra from batch),
        typed as (select *, {", ".join(cast)} from raw),
        judged as (
            select {", ".join(landed)},
                {f"case when not {deleted} then r_extra end" if clears else "r_extra"} as l_extra,
                coalesce(v_observed_at, $started_at) as l_observed_at,
                {deleted} as _deleted,
                cast(case {" ".join(conditions)} else 0 end as utinyint) as _problem
            from typed
        ),
        hashed as (select *, md5(concat({hashed})) as content_hash from judged),
        identified as (
            select *, md5(concat($source_name, {SEPARATOR}, l_{contract.key}, {SEPARATOR},
                cast(epoch_us(l_observed_at) as varchar), {SEPARATOR}, content_hash)) as observation_id
            from hashed
        )
        select $source_name as source_name, observation_id, content_hash, l_observed_at as observed_at,
            $run_id as landing_run_id, {", ".join(final)}, l_extra as extra,
            _problem, _deleted, hash(observation_id) as _fingerprint
        from identified
    """
    assert len(problems) < 256, f"contract {contract.resource} has too many columns for one byte of problems"
    return Statement(sql, tuple(problems))


SQL_TYPES = {
    "text": "varchar",
    "author": "varchar",
    "json": "varchar",
    "integer": "bigint",
    "double": "double",
    "boolean": "boolean",
    "timestamp": "timestamptz",
    "date": "date",
}


def _raw(contract: Contract, column: Column, kind: Kind | None) -> str:
    """The value as it came, with the many ways of saying 'nothing' as NULL."""
    if kind is None:
        return f"cast(null as {SQL_TYPES[column.type]})"
    if kind == "number":
        return f"(case when not isnan(cast({column.name} as double)) then {column.name} end)"
    if kind != "text":
        return column.name
    free_text = column.type == "text" and column.name != contract.key and not column.normalise
    return f"nullif({column.name if free_text else f'trim({column.name})'}, '')"


def _says_nothing(column: Column, kind: Kind | None) -> str:
    """Whether the value as it came stands for no value; asked only of values that could not be read."""
    raw = f"r_{column.name}"
    if kind == "text" and column.type in ("integer", "double", "boolean", "timestamp", "date"):
        # No IN: DuckDB makes a join of each, and there would be a dozen.
        listed = ", ".join(f"'{word}'" for word in NOTHING)
        return f"({raw} is null or list_contains([{listed}], {raw}))"
    return f"{raw} is null"


def _read_text(column: Column, kind: Kind | None) -> str:
    raw = f"r_{column.name}"
    value = f"cast({raw} as varchar)" if kind not in (None, "text") else raw
    if column.normalise in ("lower", "upper"):
        return f"{column.normalise}({value})"
    if column.normalise == "language":
        # 'en-US' is en; X writes 'in' for Indonesian, 'iw' for Hebrew; 'und', 'zxx', 'q..' name no language.
        primary = f"lower(regexp_extract({value}, '^[^-_]*'))"
        return f"""(case when regexp_full_match({primary}, 'und|zxx|mul|mis|art|q[a-t][a-z]') then null
            when {primary} = 'in' then 'id' when {primary} = 'iw' then 'he' else {primary} end)"""
    return value


def _read_integer(column: Column, kind: Kind | None) -> str:
    raw = f"r_{column.name}"
    if kind in (None, "integer"):
        return f"try_cast({raw} as bigint)"
    if kind == "text":
        plain = f"cast(try_cast({raw} as bigint) as varchar) = {raw}"
        return f"""(case when {plain} then try_cast({raw} as bigint)
            when regexp_full_match({raw}, '{INTEGER}') then try_cast({raw} as bigint) end)"""
    if kind == "number":
        return f"(case when {raw} = trunc({raw}) then try_cast({raw} as bigint) end)"
    return "cast(null as bigint)"


def _read_double(column: Column, kind: Kind | None) -> str:
    raw = f"r_{column.name}"
    if kind == "text":
        number = f"(case when regexp_full_match({raw}, '{NUMBER}') then try_cast({raw} as double) end)"
    elif kind in (None, "integer", "number"):
        number = f"cast({raw} as double)"
    else:
        return "cast(null as double)"
    return f"(case when isfinite({number}) then {number} end)"


def _read_boolean(column: Column, kind: Kind | None) -> str:
    raw = f"r_{column.name}"
    if kind in (None, "boolean"):
        return raw
    return f"""(case when lower(cast({raw} as varchar)) in ('true', 't', 'yes', 'y', '1') then true
        when lower(cast({raw} as varchar)) in ('false', 'f', 'no', 'n', '0') then false end)"""


def _read_timestamp(column: Column, kind: Kind | None) -> str:
    raw = f"r_{column.name}"
    if kind == "text":
        return timestamps.from_text(raw)
    if kind in ("integer", "number"):
        return timestamps.from_epoch(f"cast({raw} as double)")
    if kind == "naive":
        return timestamps.from_naive(f"cast({raw} as timestamp)")
    if kind == "boolean":
        return "cast(null as timestamptz)"
    return f"cast({raw} as timestamptz)"


def _read_date(column: Column, kind: Kind | None) -> str:
    """A day as it is written: the clock that some exports put behind it says nothing about another day."""
    raw = f"r_{column.name}"
    if kind == "text":
        return f"(case when regexp_full_match({raw}, '{DAY}') then try_cast({raw}[:10] as date) end)"
    if kind in ("naive", "moment"):
        return f"cast({raw} as date)"
    return "cast(null as date)"


def _read_json(column: Column, kind: Kind | None) -> str:
    return _read_text(column, kind)


READERS: dict[str, Callable[[Column, Kind | None], str]] = {
    "text": _read_text,
    "author": _read_text,
    "integer": _read_integer,
    "double": _read_double,
    "boolean": _read_boolean,
    "timestamp": _read_timestamp,
    "date": _read_date,
    "json": _read_json,
}


def _judge_value(column: Column, kind: Kind, judge: Callable[..., None]) -> None:
    raw, value = f"r_{column.name}", f"v_{column.name}"
    unread = f"(case when {value} is null then not {_says_nothing(column, kind)} else false end)"
    if column.type in ("text", "author", "json"):
        if kind == "text":
            judge(column, "nul_byte", f"contains({raw}, chr(0))")
            limit = column.length_limit
            judge(column, "text_too_long", f"strlen({raw}) > {limit} and length({raw}) > {limit}")
        if column.pattern:
            judge(
                column,
                "value_not_allowed",
                f"not regexp_full_match({value}, '{column.pattern}')",
                f"it must look like {column.pattern}",
            )
        if column.allowed:
            listed = ", ".join(f"'{choice}'" for choice in column.allowed)
            choices = f"choose one of {', '.join(column.allowed)}"
            judge(column, "value_not_allowed", f"not list_contains([{listed}], {value})", choices)
        if column.type == "json":
            judge(column, "invalid_json", f"{value} is not null and not json_valid({value})")
    elif column.type == "integer":
        whole = f"regexp_full_match(cast({raw} as varchar), '{INTEGER}')"
        large = whole if kind == "text" else "true" if kind == "integer" else f"{raw} = trunc({raw})"
        if kind in ("text", "integer", "number"):
            judge(column, "integer_out_of_range", f"{unread} and {large}")
        judge(column, "not_an_integer", unread)
    elif column.type == "double":
        judge(column, "not_a_number", unread)
    elif column.type == "boolean":
        judge(column, "not_a_boolean", unread)
    elif column.type == "timestamp":
        if kind == "text":
            naive = f"regexp_full_match({raw}, '{timestamps.ISO_NAIVE}')"
            judge(column, "naive_timestamp", f"{unread} and $time_zone is null and {naive}")
        elif kind == "naive":
            judge(column, "naive_timestamp", f"{unread} and $time_zone is null")
        judge(column, "not_a_timestamp", unread)
    elif column.type == "date":
        judge(column, "not_a_date", unread)
    _judge_range(column, value, judge)


def _judge_range(column: Column, value: str, judge: Callable[..., None]) -> None:
    if column.minimum == 0 and column.maximum is None:
        judge(column, "negative_count", f"{value} < 0")
    elif column.minimum is not None:
        judge(column, "value_not_allowed", f"{value} < {column.minimum}", f"the least is {column.minimum:g}")
    if column.maximum is not None:
        judge(column, "value_not_allowed", f"{value} > {column.maximum}", f"the most is {column.maximum:g}")


def _landed(contract: Contract, column: Column, deleted: str) -> str:
    if column.content and contract.has_tombstones:
        return f"case when not {deleted} then v_{column.name} end as l_{column.name}"
    return f"v_{column.name} as l_{column.name}"


def _hashable(column: Column) -> str:
    value = f"l_{column.name}"
    if column.type in ("text", "author", "json"):
        return value
    if column.type == "timestamp":
        return f"cast(epoch_us({value}) as varchar)"
    return f"cast({value} as varchar)"
