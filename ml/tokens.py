"""The project's one tokeniser, for Python: the dbt macro `tokens`, rendered and run in DuckDB.

Nothing here knows what a token is. `transform/macros/text/tokens.sql` does, and a model trained on
its output sees exactly what the warehouse will score.
"""

from collections.abc import Iterable
from functools import cache

import duckdb
import pandas as pd
import pyarrow as pa

from ml.macros import MACROS, render_macro


@cache
def tokens_sql(column: str) -> str:
    """Return the DuckDB expression that turns the text column `column` into its list of tokens."""
    return render_macro(MACROS / "text" / "tokens.sql", "tokens", column)


def token_lists(texts: Iterable[str | None], *, threads: int = 2) -> list[list[str]]:
    """Tokenise `texts`; one list of tokens a text, in the same order. None and '' give an empty list."""
    column = pa.array(list(texts), type=pa.string(), from_pandas=True)
    posts = pa.table({"position": pa.array(range(len(column)), type=pa.int64()), "text": column})
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.register("posts", posts)
        tokenised = connection.execute(
            f"select {tokens_sql('text')} as tokens from posts order by position"
        ).to_arrow_table()
    return tokenised.column("tokens").to_pylist()


def token_series(texts: pd.Series) -> pd.Series:
    """Tokenise a Series of texts, keeping its index."""
    return pd.Series(token_lists(texts), index=texts.index, name="tokens", dtype=object)
