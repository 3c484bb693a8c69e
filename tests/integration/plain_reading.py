"""The research files read with nothing of ours: csv, json and regular expressions, to compare with."""

import csv
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import yaml

NEW_YORK = ZoneInfo("America/New_York")
LINK = re.compile(r"(?:https?://|\bwww\.\w)\S*")
SIGNS = "@#$"


def read_csv(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with open(path, encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def read_objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a zst file of JSON lines."""
    with pa.input_stream(str(path), compression="zstd") as stream:
        lines = stream.read().split(b"\n")
    return (json.loads(line) for line in lines if line)


def tweet_time(text: str) -> datetime:
    return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")


def new_york_day(moment: datetime) -> date:
    return moment.astimezone(NEW_YORK).date()


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def folded(text: str) -> str:
    """Lower case without accents, links and typographic apostrophes."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return LINK.sub(" ", text.lower().replace("’", "'"))


def terms_of(config: Path) -> dict[str, re.Pattern[str]]:
    """Return for each brand and rival the pattern of everything that names it."""
    listening = yaml.safe_load(config.read_text())
    patterns = {}
    for brand in (*listening.get("brands", ()), *listening.get("rivals", ())):
        name = brand.get("id") or re.sub(r"[^a-z0-9]+", "_", brand["name"].lower()).strip("_")
        terms = [term for kind in ("terms", "handles", "hashtags") for term in brand.get(kind, ())]
        patterns[name] = re.compile("|".join(map(term_pattern, terms)))
    return patterns


def term_pattern(term: str) -> str:
    """A term as a pattern of folded text: whole words; what has a sign may follow anything."""
    end = r"(?!\w|'\w\w)"  # it'll is a word of its own, while it's is it
    if term[0] in SIGNS:
        return re.escape(term.lower()) + end
    words = re.findall(r"\w+", term.lower())
    return rf"(?<![\w'{SIGNS}])" + r"[^\w@#$]+".join(words) + end


def named_in(texts: dict[str, str], patterns: dict[str, re.Pattern[str]]) -> dict[str, set[str]]:
    """Return the ids of the folded texts that name each brand."""
    return {
        name: {key for key, text in texts.items() if pattern.search(text)}
        for name, pattern in patterns.items()
    }


def differences(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """Return the keys under which the two differ, so that a failing test prints no text of a post."""
    return sorted(
        key for key in found.keys() | expected.keys() if found.get(key, ...) != expected.get(key, ...)
    )


class Quiet(dict[str, Any]):
    """A dictionary of which a failing test prints only the size."""

    def __repr__(self) -> str:
        return f"<{len(self)} items>"


class QuietList(list[Any]):
    """A list of which a failing test prints only the size."""

    def __repr__(self) -> str:
        return f"<{len(self)} items>"
