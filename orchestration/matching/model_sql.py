"""The SQL of a dbt model without dbt: its file and the project's macros, rendered for tables of one's choice.

What dbt would put in the place of `ref` is given by name. So whoever tries a query, tests or measures the
matching runs the very text that the road runs.
"""

from collections.abc import Mapping
from functools import cache

from ml.macros import MACROS, macro_environment

MODELS = MACROS.parent / "models"

_ONLY_NAMED = {"int_open_days": "int_open_days"}
"""What incremental models name in a comment, for dbt's sake; a full refresh does not read it."""


def model_sql(model: str, relations: Mapping[str, str]) -> str:
    """Return the query of a model at a full refresh; `relations` maps each model it reads to a table's name.

    Raises KeyError when the model reads something that `relations` does not name.
    """
    (path,) = MODELS.rglob(f"{model}.sql")
    return template_sql(path.read_text(encoding="utf-8"), relations)


def template_sql(text: str, relations: Mapping[str, str]) -> str:
    """Return what dbt would make of a template that calls the project's macros; see model_sql."""
    environment = macro_environment(
        sorted(MACROS.rglob("*.sql")),
        config=lambda **settings: "",
        is_incremental=lambda: False,
        ref=lambda name: {**_ONLY_NAMED, **relations}[name],
        var=lambda name: _project_variables()[name],
    )
    return environment.from_string(text).render()


@cache
def _project_variables() -> dict[str, object]:
    """Return what `vars` of the dbt project says."""
    import yaml

    return yaml.safe_load((MACROS.parent / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
