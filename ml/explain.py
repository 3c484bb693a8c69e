"""Why a text got its score: what each of its words adds to every label, by the macro of the warehouse."""

from collections.abc import Sequence

import duckdb
import pandas as pd
import pyarrow as pa

from ml.macros import MACROS, render_macro

_MACROS = (MACROS / "ml" / "score.sql", MACROS / "ml" / "explain.sql")


def term_effects(
    tokens: Sequence[str], language: str, weights: pa.Table, labels: Sequence[str], *, contrasted: bool
) -> pd.DataFrame:
    """Return one row a known term of one text, with columns term and effect_<label> in logits.

    `weights` are of one model version; the term '' is where every text starts. No row at all means that the
    weights do not know the language. `contrasted`: see the macro.
    """
    text = pa.table(
        {"text": [0], "language": [language], "tokens": pa.array([list(tokens)], pa.list_(pa.string()))}
    )
    query = render_macro(
        _MACROS, "term_effects", "texts", ["text"], "tokens", "weights", list(labels), contrasted
    )
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("texts", text)
        connection.register("weights", weights)
        return connection.execute(f"select * exclude (text) from ({query}) order by term").df()


def strongest(effects: pd.DataFrame, label: str, *, most: int) -> tuple[list, list]:
    """Return the terms that weighed most for a label and against it, as (term, logits), strongest first."""
    of_label = effects.loc[effects["term"] != "", ["term", f"effect_{label}"]].set_axis(
        ["term", "effect"], axis=1
    )
    ordered = of_label.sort_values(["effect", "term"], ascending=[False, True])
    for_it = ordered[ordered["effect"] > 0].head(most)
    against = of_label.sort_values(["effect", "term"]).query("effect < 0").head(most)
    return (
        list(for_it.itertuples(index=False, name=None)),
        list(against.itertuples(index=False, name=None)),
    )
