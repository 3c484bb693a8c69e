"""Folding, slugs and the kinds of text that `listening.yml` accepts."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

MAX_TEXT = 200
MAX_EXAMPLE = 1_000
SLUG = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_URL = re.compile(r"https?://|www\.", re.IGNORECASE)
# Control characters, surrogates, private use and unassigned code points: what no platform prints.
_UNPRINTABLE = {"Cc", "Cs"}


def invalid(message: str, remedy: str) -> PydanticCustomError:
    """Build the validation error that carries its own remedy to the loader."""
    return PydanticCustomError("listening", "{message}", {"message": message, "remedy": remedy})


def fold(text: str) -> str:
    """Return text without case, accents and doubled blanks: two texts that fold alike match alike."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


def slug(name: str) -> str:
    """Return the id that a name gets by default: 'Lumora Brew' -> 'lumora_brew' ('' if none is left)."""
    return re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")


def _printable(text: str, longest: int = MAX_TEXT) -> str:
    if any(unicodedata.category(char) in _UNPRINTABLE for char in text if char not in "\t\n"):
        raise invalid("contains a control character or half a character", "type the text anew")
    text = " ".join(text.split())
    if not text:
        raise invalid("is empty", "write something or remove the line")
    if len(text) > longest:
        raise invalid(f"is {len(text)} characters long, {longest} are allowed", "shorten it")
    return text


def _slug(text: str) -> str:
    if not SLUG.fullmatch(text):
        proposal = slug(text)
        remedy = f"write {proposal}" if proposal else "write for example my_brand"
        raise invalid(f"{text!r} is no id: lower-case letters, digits, '_' and '-' only", remedy)
    return text


def _term(text: str) -> str:
    if not any(char.isalnum() for char in text):
        raise invalid(
            f"{text!r} has no letter and no digit, so it can match nothing",
            "remove it or add a word",
        )
    if _URL.search(text):
        raise invalid(
            f"{text!r} is a link; all links are one token, so every post with a link would match",
            "write the words, handles or hashtags that name it",
        )
    return text


def _sign(sign: str):
    def validate(text: str) -> str:
        return text if text.startswith(sign) else sign + text

    return AfterValidator(validate)


Text = Annotated[str, AfterValidator(_printable)]
Example = Annotated[str, AfterValidator(lambda text: _printable(text, MAX_EXAMPLE))]
Slug = Annotated[str, StringConstraints(max_length=80), AfterValidator(_slug)]
Term = Annotated[Text, AfterValidator(_term)]
Handle = Annotated[Term, _sign("@")]
Hashtag = Annotated[Term, _sign("#")]
