"""From pydantic's errors to sentences that a user of `listening.yml` can act on."""

import difflib
import types
import typing
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ingestion.listening.models import Listening
from ingestion.listening.problems import Location

_KINDS = {
    "string_type": ("text", "put it in quotes"),
    "int_type": ("a whole number", "write digits only"),
    "int_parsing": ("a whole number", "write digits only"),
    "int_from_float": ("a whole number", "write digits only"),
    "bool_type": ("true or false", "write true or false"),
    "bool_parsing": ("true or false", "write true or false"),
    "date_type": ("a day", "write it as 2026-08-31"),
    "date_parsing": ("a day", "write it as 2026-08-31"),
    "date_from_datetime_parsing": ("a day", "write it as 2026-08-31"),
    "date_from_datetime_inexact": ("a day without a time", "write it as 2026-08-31"),
    "tuple_type": ("a list", "write [one, two], or one item a line, each after '- '"),
    "dict_type": ("keys with values", "write key: value lines below it"),
    "model_type": ("keys with values", "write key: value lines below it"),
    "model_attributes_type": ("keys with values", "write key: value lines below it"),
}


def explain(error: ErrorDetails) -> tuple[str, str]:
    """Return (what is wrong, remedy) for one pydantic error on `Listening`."""
    kind, context, given = error["type"], error.get("ctx", {}), error["input"]
    location: Location = error["loc"]
    if kind == "listening":
        return context["message"], context["remedy"]
    if kind in _KINDS:
        expected, remedy = _KINDS[kind]
        if given is None:
            remedy = "write a value, or remove the key"
        elif kind == "string_type" and isinstance(given, list | dict):
            remedy = "write one text"
        return f"must be {expected}, not {_named(given)}", remedy
    if kind == "missing":
        return "is missing", f"add {location[-1]}:"
    if kind == "extra_forbidden":
        return "is not a known key", did_you_mean(str(location[-1]), known_keys(location[:-1]))
    if kind == "literal_error":
        return f"must be {context['expected']}, not {_named(given)}", did_you_mean(
            str(given),
            context["expected"].replace("'", "").replace(" or ", ", ").split(", "),
        )
    limits = {
        "greater_than_equal": ("ge", "at least"),
        "less_than_equal": ("le", "at most"),
    }
    if kind in limits:
        key, words = limits[kind]
        return (
            f"must be {words} {context[key]:,}, not {_named(given)}",
            f"write {words} {context[key]}",
        )
    # Kinds that no rule above foresees still say where and what.
    return error["msg"][:1].lower() + error["msg"][1:], "correct the value"


def did_you_mean(word: str, known: list[str]) -> str:
    """Return a remedy that proposes the nearest known word, else lists them all."""
    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    if len(known) == 1:
        return f"write {known[0]}"
    return f"use one of {', '.join(sorted(known))}" if known else "remove it"


def known_keys(location: Location) -> list[str]:
    """Return the keys allowed at a location of `Listening`, [] where it is no fixed mapping."""
    here: Any = Listening
    for part in location:
        if isinstance(part, int):
            here = _item_type(here)
        elif isinstance(here, type) and issubclass(here, BaseModel) and part in here.model_fields:
            here = here.model_fields[part].annotation
        else:
            return []
        here = _unwrapped(here)
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _named(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _unwrapped(annotation: Any) -> Any:
    """Strip Annotated and Optional."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _unwrapped(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        return _unwrapped(members[0])
    return annotation


def _item_type(annotation: Any) -> Any:
    arguments = typing.get_args(annotation)
    return arguments[0] if arguments else None
