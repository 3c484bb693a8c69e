"""What a challenger would do to everything that is published: the models of the road, run on history in memory.

The warehouse is only read. Every dbt model that rests on the scores is computed anew from its own file with the
challenger's weights, all others are taken as they are; what comes out is compared with what stands in the
warehouse, which the champion made. The champion as its own challenger changes nothing (a test holds that).
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.home import Home
from ml.promotions import error_of
from ml.registry import Model
from ml.weights import read_weights
from orchestration.matching.model_sql import model_sql, template_sql
from orchestration.publish.content import literal, quoted
from orchestration.publish.errors import NoRelease, WarehouseBusy

SCORES = {
    "sentiment": ("int_post_sentiment", "int_mention_sentiment", "int_sentiment_error", "int_evidence_terms"),
    "topics": ("int_topic_weights", "int_topic_labels"),
}
"""Model -> the dbt models that read its version; everything downstream of them moves with it."""

SIDES = ("champion", "challenger")

_ENTITY_KPIS = """
with strata as (
    select
        entity_id,
        {{ error_stratum() }} as stratum,
        max(model_version) as model_version,
        {% for label in ['positive', 'neutral', 'negative', 'unscored'] -%}
        cast(count(case when sentiment_label = '{{ label }}' then 1 end) as bigint) as {{ label }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from {{ ref('fct_mention_sentiment') }}
    where is_counted
    group by entity_id, {{ error_stratum() }}
),
counts as (
    select
        entity_id,
        {% for label in ['positive', 'neutral', 'negative', 'unscored'] -%}
        cast(sum({{ label }}) as bigint) as {{ label }}{{ ',' if not loop.last }}
        {% endfor %}
    from strata
    group by entity_id
),
corrected as (
    {{ corrected_shares('strata', ['entity_id']) }}
)
select
    'net_sentiment, all days' as kpi, corrected.entity_id as scope_id, net as value, net_low as low, net_high as high,
    counts.positive + counts.neutral + counts.negative as sample_size
from corrected
inner join counts on corrected.entity_id = counts.entity_id
union all
select
    'negative_share, all days', corrected.entity_id, corrected.negative, negative_low, negative_high,
    counts.positive + counts.neutral + counts.negative
from corrected
inner join counts on corrected.entity_id = counts.entity_id
union all
select
    'unscored mentions, all days', entity_id, unscored, null, null, positive + neutral + negative + unscored
from counts
"""
_SCORECARD_KPIS = """
select kpi, scope_id, kpi_value as value, value_low as low, value_high as high, sample_size
from {{ ref('mart_exec_scorecard') }}
"""
_TOPIC_KPIS = """
select
    'mentions of ' || topic || ', all days' as kpi, entity_id as scope_id, count(*) as value, null as low, null as high,
    count(*) as sample_size
from {{ ref('fct_mention_topics') }}
where is_counted
group by topic, entity_id
"""


@dataclass(frozen=True)
class Kpi:
    """One published figure under both versions; None where a side has none.

    `sample_size` is what the champion's figure rests on; `is_clear` tells whether the 95% intervals part.
    """

    kpi: str
    entity_id: str
    champion: float | None
    challenger: float | None
    sample_size: int | None
    is_clear: bool

    @property
    def difference(self) -> float | None:
        missing = self.champion is None or self.challenger is None
        return None if missing else self.challenger - self.champion


@dataclass(frozen=True)
class Mart:
    """How many rows of a mart differ: `changed` are rows of either side that the other has not."""

    name: str
    rows: int
    changed: int


@dataclass(frozen=True)
class Effect:
    """What a challenger would change. `relabelled` are posts whose label or topics differ."""

    champion: str
    posts: int
    relabelled: int
    kpis: list[Kpi]
    marts: list[Mart]


def effect_of(home: Home, challenger: Model) -> Effect:
    """Score history with a challenger and compare every mart that rests on it. Raises NoRelease, WarehouseBusy."""
    with _warehouse(home) as connection:
        relations = _relations(connection)
        affected = _downstream(home, SCORES[challenger.name], set(relations))
        champion = _current_in_warehouse(connection, challenger.name)
        sides = {
            "champion": relations,
            "challenger": _built(
                connection, relations | _model_tables(connection, home, challenger), affected
            ),
        }
        posts, relabelled = _relabelled(connection, sides, challenger.name)
        return Effect(
            champion,
            posts,
            relabelled,
            _kpis(connection, sides, challenger.name),
            [_mart(connection, sides, name) for name in affected if _is_mart(relations[name])],
        )


@contextmanager
def _warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection in memory with the warehouse attached, read-only, under the name that its views know."""
    if not home.warehouse.exists():
        raise NoRelease(f"There is no warehouse at {home.warehouse}. Remedy: listenhouse run.")
    with tempfile.TemporaryDirectory(prefix="listenhouse-challenge-") as spill:
        settings = {"memory_limit": "2GB", "threads": 2, "temp_directory": spill}
        with duckdb.connect(":memory:", config=settings) as connection:
            connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
            try:
                connection.execute(f"attach {literal(home.warehouse)} as {home.warehouse.stem} (read_only)")
            except duckdb.IOException as error:
                if "lock" not in str(error):
                    raise
                raise WarehouseBusy(
                    f"Another process is writing {home.warehouse}. Remedy: wait until its run has ended."
                ) from error
            yield connection


def _relations(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the tables and views of the warehouse that dbt made, by the name of their model."""
    rows = connection.execute(
        "select table_catalog, table_schema, table_name from information_schema.tables"
        " where table_schema in ('staging', 'intermediate', 'marts')"
    ).fetchall()
    if not rows:
        raise NoRelease("The warehouse holds no marts. Remedy: listenhouse run.")
    return {name: f"{catalog}.{schema}.{quoted(name)}" for catalog, schema, name in rows}


def _is_mart(relation: str) -> bool:
    return ".marts." in relation


def _downstream(home: Home, roots: tuple[str, ...], known: set[str]) -> list[str]:
    """Return the models that rest on `roots`, in an order in which they can be built."""
    manifest = json.loads((home.dbt / "manifest.json").read_text(encoding="utf-8"))
    parents = {
        node["name"]: [parent.split(".")[-1] for parent in node["depends_on"]["nodes"]]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    affected = set(roots) & parents.keys()
    while more := {name for name in parents.keys() - affected if affected & set(parents[name])}:
        affected |= more
    ordered: list[str] = []
    while rest := affected & known - set(ordered):
        ordered += sorted(
            name for name in rest if not (affected & set(parents[name])) - set(ordered) - {name}
        )
    return ordered


def _model_tables(connection: duckdb.DuckDBPyConnection, home: Home, challenger: Model) -> dict[str, str]:
    """Create what staging shows of the models, the challenger being current; return the relations by name."""
    weights = read_weights(challenger.folder / "weights.parquet")
    tables = {
        "stg_ml__model_weights": weights,
        "stg_ml__model_labels": pq.read_table(challenger.folder / "labels.parquet"),
    }
    if challenger.name == "sentiment":
        errors = error_of(challenger, home.models)
        version = pa.array([challenger.version] * len(errors), pa.string())
        tables["stg_ml__sentiment_error"] = errors.set_column(
            errors.schema.get_field_index("model_version"), "model_version", version
        )
    connection.execute("create schema challenging")
    for name, table in tables.items():
        connection.register("rows", table)
        kept = f"{home.warehouse.stem}.staging.{name}"
        connection.execute(
            f"create table challenging.{name} as from rows union all by name"
            f" (select * exclude (_dlt_load_id) from {kept} where model_name <> $name)",
            {"name": challenger.name},
        )
        connection.unregister("rows")
    connection.execute(
        "create table challenging.stg_ml__model_registry as"
        f" select * from {home.warehouse.stem}.staging.stg_ml__model_registry"
        " where model_name <> $name or is_current",
        {"name": challenger.name},
    )
    connection.execute(
        "update challenging.stg_ml__model_registry set model_version = $version where model_name = $name",
        {"version": challenger.version, "name": challenger.name},
    )
    return {name: f"memory.challenging.{name}" for name in (*tables, "stg_ml__model_registry")}


def _current_in_warehouse(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    (version,) = connection.execute(
        "select max(model_version) from listenhouse.staging.stg_ml__model_registry"
        " where model_name = $name and is_current",
        {"name": name},
    ).fetchone()
    return version


def _built(
    connection: duckdb.DuckDBPyConnection, relations: dict[str, str], affected: list[str]
) -> dict[str, str]:
    """Compute the affected models in memory; return all relations with them in place."""
    connection.execute("create schema challenger")
    built = dict(relations)
    for name in affected:
        connection.execute(f"create table memory.challenger.{quoted(name)} as {model_sql(name, built)}")
        built[name] = f"memory.challenger.{quoted(name)}"
    return built


def _relabelled(
    connection: duckdb.DuckDBPyConnection, sides: dict[str, dict[str, str]], name: str
) -> tuple[int, int]:
    """Return (posts scored by either side, posts to which the two give other labels)."""
    table, label = {
        "sentiment": ("int_post_sentiment", "any_value(sentiment_label)"),
        "topics": ("int_post_topics", "string_agg(topic, ' ' order by topic)"),
    }[name]
    labels = " full join ".join(
        f"(select post_key, {label} as label from {sides[side][table]} group by post_key) as {side}"
        for side in SIDES
    )
    return connection.execute(
        "select count(*), count(case when champion.label is distinct from challenger.label then 1 end)"
        f" from {labels} on champion.post_key = challenger.post_key"
    ).fetchone()


def _kpis(connection: duckdb.DuckDBPyConnection, sides: dict[str, dict[str, str]], name: str) -> list[Kpi]:
    entities = _ENTITY_KPIS if name == "sentiment" else _TOPIC_KPIS
    queries = {
        side: f"{template_sql(_SCORECARD_KPIS, built)} union all by name ({template_sql(entities, built)})"
        for side, built in sides.items()
    }
    rows = connection.execute(
        f"""
        select
            coalesce(one.kpi, other.kpi) as kpi,
            coalesce(one.scope_id, other.scope_id) as scope_id,
            one.value, other.value, one.sample_size,
            coalesce(one.high < other.low or other.high < one.low, false) as is_clear
        from ({queries["champion"]}) as one
        full join ({queries["challenger"]}) as other on one.kpi = other.kpi and one.scope_id = other.scope_id
        order by 1, 2
        """
    ).fetchall()
    return [Kpi(*row) for row in rows]


def _mart(connection: duckdb.DuckDBPyConnection, sides: dict[str, dict[str, str]], name: str) -> Mart:
    """Compare a mart row by row, but for the version that scored it."""
    columns = connection.execute(f"describe {sides['champion'][name]}").fetchall()
    compared = ", ".join(quoted(column[0]) for column in columns if column[0] != "model_version")
    one, other = (f"(select {compared} from {sides[side][name]})" for side in SIDES)
    rows, changed = connection.execute(
        f"select (select count(*) from {other}),"
        f" (select count(*) from ({one} except all {other})) + (select count(*) from ({other} except all {one}))"
    ).fetchone()
    return Mart(name, rows, changed)
