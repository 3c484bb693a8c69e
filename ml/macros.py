"""The dbt project's macros without dbt: one place where they are rendered, as DuckDB gets them.

Training, detectors and the matching of queries run the very text that the road runs.
"""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from types import CodeType

import jinja2

MACROS = Path(__file__).resolve().parents[1] / "transform" / "macros"


class _Adapter:
    """Stands where dbt's adapter stands: every dispatch goes to the macro for DuckDB."""

    def __init__(self, macros: dict[str, object]) -> None:
        self._macros = macros

    def dispatch(self, name: str, package: str | None = None) -> object:
        return self._macros[f"duckdb__{name}"]


def macro_environment(paths: Iterable[Path], **provided: object) -> jinja2.Environment:
    """Return an environment whose templates may call the macros of these dbt macro files.

    Only what our own macros use stands in dbt's place: `adapter.dispatch`, `return`, and what is `provided`.
    """
    macros: dict[str, object] = {}
    returned: list[object] = []
    environment = _environment()
    environment.globals.update(
        {"return": lambda value: returned.append(value) or value, "adapter": _Adapter(macros), **provided}
    )
    compiled = _compiled(tuple(paths))
    module = environment.template_class.from_code(
        environment, compiled, environment.make_globals(None)
    ).module
    macros.update(
        {
            name: _returning(value, returned) if callable(value) else value
            for name, value in vars(module).items()
            if not name.startswith("_")
        }
    )
    environment.globals.update(macros)
    return environment


def _environment() -> jinja2.Environment:
    return jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)


@cache
def _compiled(paths: tuple[Path, ...]) -> CodeType:
    """Return these files compiled together, once a process: all of the project's macros take half a second."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return _environment().compile(text)


def _returning(macro: Callable[..., str], returned: list[object]) -> Callable[..., object]:
    """Return a macro that gives what it returns where that is no text, as dbt does; Jinja alone knows only text."""

    def call(*arguments: object, **keywords: object) -> object:
        returned.clear()
        text = macro(*arguments, **keywords)
        values = [value for value in returned if not isinstance(value, str) and str(value) == text.strip()]
        return values[-1] if values else text

    return call


def render_macro(path: Path | tuple[Path, ...], name: str, *arguments: object, **keywords: object) -> str:
    """Return the SQL of the macro `name` of a dbt macro file (or of several), as DuckDB would get it."""
    environment = _cached_environment(path if isinstance(path, tuple) else (path,))
    return str(environment.globals[name](*arguments, **keywords)).strip()


@cache
def _cached_environment(paths: tuple[Path, ...]) -> jinja2.Environment:
    return macro_environment(paths)
