"""The project's one tokeniser, for Python: the dbt macro `tokens`, rendered and run in DuckDB.

Nothing here knows what a token is. `transform/macros/text/tokens.sql` does, and a model trained on
its output sees exactly what the warehouse will score.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import duckdb
import jinja2
import pandas as pd
import pyarrow as pa

MACROS = Path(__file__).resolve().parents[1] / "transform" / "macros"


class _Adapter:
    """Stands where dbt's adapter stands: every dispatch goes to the macro for DuckDB."""

    def __init__(self, environment: dict[str, object]) -> None:
        self._environment = environment

    def dispatch(self, name: str, package: str | None = None) -> object:
        return self._environment[f"duckdb__{name}"]


def render_macro(path: Path | tuple[Path, ...], name: str, *arguments: object, **keywords: object) -> str:
    """Return the SQL of the macro `name` of a dbt macro file (or of several), as DuckDB would get it.

    Only what our own macros use is provided: `adapter.dispatch`, `return` and the macros of these files.
    """
    module = _macro_module(path if isinstance(path, tuple) else (path,))
    return str(getattr(module, name)(*arguments, **keywords)).strip()


@cache
def _macro_module(paths: tuple[Path, ...]) -> object:
    macros: dict[str, object] = {}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    environment.globals.update({"return": lambda value: value, "adapter": _Adapter(macros)})
    module = environment.from_string("\n".join(path.read_text(encoding="utf-8") for path in paths)).module
    macros.update({name: value for name, value in vars(module).items() if not name.startswith("_")})
    return module


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
