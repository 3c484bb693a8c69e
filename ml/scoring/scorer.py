"""Score texts with one model: columns in, columns out, by the macros that dbt runs in the warehouse."""

from collections.abc import Callable, Iterator, Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ml.macros import MACROS, render_macro
from ml.registry import Model
from ml.tokens import tokens_sql
from ml.weights import ANY_LANGUAGE, read_weights

UNSCORED = "unscored"
"""Label of a row without text, or in a language that the model does not know; its probabilities are NULL."""

NO_LABEL = "none"
UNSURE = "unsure"
"""Label of a text for which no question is answered with yes, and one or more with neither yes nor no."""

CHUNK = 100_000
"""Rows scored at once: enough to keep DuckDB busy, few enough to bound memory."""

SCORE_MACROS = tuple(MACROS / "ml" / name for name in ("score.sql", "classes.sql"))

Advance = Callable[[int], None]


def score_texts(
    texts: pa.ChunkedArray | pa.Array,
    languages: pa.ChunkedArray | pa.Array,
    model: Model,
    *,
    advance: Advance | None = None,
) -> pa.Table:
    """Return `label` and one `p_<class>` per class of a model, one row a text, in the same order.

    `languages` are ISO 639-1 codes, NULL where there is none to be told; a model of `und` reads any text. A model of
    yes-or-no questions has a threshold for each: its label names those that reach theirs, joined by `|`, and a further
    column `unsure` those that lie in the band below. `advance` is called with the number of rows done so far.
    Raises WeightsError if the model's weights must not be used.
    """
    weights = read_weights(model.folder / "weights.parquet", model.name)
    labels = pq.read_table(model.folder / "labels.parquet").to_pylist()
    names = _order(model, [row["label"] for row in labels])
    keys = [f"c{number}" for number in range(len(names))]
    thresholds = {row["label"]: row["threshold"] for row in labels}
    questions = all(value is not None for value in thresholds.values())
    if set(pc.unique(weights["language"]).to_pylist()) == {ANY_LANGUAGE}:
        languages = pa.array([ANY_LANGUAGE]).take(pa.array(np.zeros(len(texts), dtype="int64")))
    macro = "label_probabilities" if questions else "class_scores"
    if model.name == "sentiment":
        macro, keys = "sentiment_scores", names
    query = _query(macro, keys)
    chunks = list(_scored_chunks(texts, languages, _with_keys(weights, names, keys), query, advance))
    scores = pa.concat_tables(chunks)
    probabilities = [scores.column(f"p_{key}") for key in keys]
    p_names = [f"p_{name}" for name in names]
    if not questions:
        places = pc.index_in(scores.column("label"), pa.array(keys))
        label = pc.fill_null(pa.array(names).take(places), UNSCORED)
        return pa.Table.from_arrays([label, *probabilities], ["label", *p_names])
    unsure_from = model.card.get("unsure_from", {})
    upper = np.array([thresholds[name] for name in names])
    lower = np.array([unsure_from.get(name, thresholds[name]) for name in names])
    label, unsure = _answers(probabilities, names, upper, lower)
    return pa.Table.from_arrays([label, *probabilities, unsure], ["label", *p_names, "unsure"])


def _order(model: Model, names: list[str]) -> list[str]:
    """Return labels in the order of their meaning where the card states one, else by name."""
    return model.card.get("labels") or names


def _with_keys(weights: pa.Table, names: Sequence[str], keys: Sequence[str]) -> pa.Table:
    """Return weights whose labels are keys: a user's words never become SQL."""
    places = pc.index_in(weights["label"], pa.array(names))
    return weights.set_column(
        weights.column_names.index("label"),
        "label",
        pa.chunked_array([pa.array(keys).take(places.combine_chunks())]),
    )


def _query(macro: str, keys: Sequence[str]) -> str:
    """Return the SQL that scores the relation `posts` with the relation `weights`: one row a post, in order."""
    given = [] if macro == "sentiment_scores" else [keys]
    scores = render_macro(SCORE_MACROS, macro, "posts", ["position"], "tokens", "weights", *given)
    label = {"sentiment_scores": "scores.sentiment", "class_scores": "scores.label"}.get(macro, "null")
    return (
        f"select {label} as label, {', '.join(f'scores.p_{key}' for key in keys)} "
        f"from posts left join ({scores}) as scores using (position) order by position"
    )


def _scored_chunks(
    texts: pa.ChunkedArray | pa.Array,
    languages: pa.ChunkedArray | pa.Array,
    weights: pa.Table,
    query: str,
    advance: Advance | None,
) -> Iterator[pa.Table]:
    """Yield scores chunk by chunk, at least one; the texts may be foreign, so nothing outside can be reached."""
    has_text = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(pc.fill_null(texts, ""))), 0)
    rows = pa.table(
        {"text": texts, "language": pc.if_else(has_text, languages, pa.scalar(None, pa.string()))}
    )
    with duckdb.connect(config={"enable_external_access": False}) as connection:
        # Progress is told in rows, and not on stdout.
        connection.execute("set enable_progress_bar = false")
        connection.execute("set lock_configuration = true")
        connection.register("weight_rows", weights)
        connection.execute("create table weights as from weight_rows")
        for start in range(0, max(len(texts), 1), CHUNK):
            chunk = rows.slice(start, CHUNK)
            chunk = chunk.append_column("position", pa.array(np.arange(chunk.num_rows)))
            connection.register("chunk", chunk)
            connection.execute(
                "create or replace temp table posts as "
                f"select position, language, {tokens_sql('text')} as tokens from chunk"
            )
            connection.unregister("chunk")
            yield connection.execute(query).to_arrow_table()
            if advance is not None:
                advance(min(start + CHUNK, len(texts)))


def _answers(
    probabilities: Sequence[pa.ChunkedArray], names: Sequence[str], upper: np.ndarray, lower: np.ndarray
) -> tuple[pa.Array, pa.Array]:
    """Return the label of each text, and the questions that are neither yes nor no; NULL where it is unscored."""
    stated = np.column_stack([column.to_numpy() for column in probabilities])
    unscored = np.isnan(stated[:, 0])
    yes = stated >= upper
    between = (stated >= lower) & ~yes
    label = _joined(yes, names, NO_LABEL)
    unsure = _joined(between, names, "")
    only_unsure = ~yes.any(axis=1) & between.any(axis=1)
    label = pc.if_else(pa.array(only_unsure), UNSURE, label)
    label = pc.if_else(pa.array(unscored), UNSCORED, label)
    return label, pc.if_else(pa.array(unscored), pa.scalar(None, pa.string()), unsure)


def _joined(chosen: np.ndarray, names: Sequence[str], without: str) -> pa.Array:
    """Return the chosen names of each row, joined; few patterns occur, so each is written out once."""
    packed = np.packbits(chosen, axis=1)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, pattern = np.unique(rows, return_index=True, return_inverse=True)
    words = ["|".join(np.array(names)[chosen[place]]) or without for place in first]
    return pa.array(words, pa.string()).take(pa.array(pattern))
