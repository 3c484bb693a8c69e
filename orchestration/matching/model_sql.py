"""The SQL of a dbt model without dbt: its file and the project's macros, rendered for tables of one's choice.

What dbt would put in the place of `ref` is given by name. So whoever tries a query, tests or measures the
matching runs the very text that the road runs.
"""

from collections.abc import Mapping
from functools import cache

import jinja2

from ingestion.home import PROJECT_ROOT

TRANSFORM = PROJECT_ROOT / "transform"


_ONLY_NAMED = {"int_open_days": "int_open_days"}
"""What incremental models name in a comment, for dbt's sake; a full refresh does not read it."""


class _Adapter:
    """Stands where dbt's adapter stands: every dispatch goes to the macro for DuckDB."""

    def __init__(self, macros: dict[str, object]) -> None:
        self._macros = macros

    def dispatch(self, name: str, package: str | None = None) -> object:
        return self._macros[f"duckdb__{name}"]


def model_sql(model: str, relations: Mapping[str, str]) -> str:
    """Return the query of a model at a full refresh; `relations` maps each model it reads to a table's name.

    Raises KeyError when the model reads something that `relations` does not name.
    """
    (path,) = (TRANSFORM / "models").rglob(f"{model}.sql")
    return template_sql(path.read_text(encoding="utf-8"), relations)


def template_sql(text: str, relations: Mapping[str, str]) -> str:
    """Return what dbt would make of a template that calls the project's macros; see model_sql."""
    macros: dict[str, object] = {}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    environment.globals.update(
        {
            "return": lambda value: value,
            "adapter": _Adapter(macros),
            "config": lambda **settings: "",
            "is_incremental": lambda: False,
            "ref": lambda name: {**_ONLY_NAMED, **relations}[name],
        }
    )
    module = environment.from_string(_macro_text()).module
    macros.update({name: value for name, value in vars(module).items() if not name.startswith("_")})
    environment.globals.update(macros)
    return environment.from_string(text).render()


@cache
def _macro_text() -> str:
    paths = sorted((TRANSFORM / "macros").rglob("*.sql"))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
