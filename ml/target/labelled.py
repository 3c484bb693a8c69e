"""Labelled targets: three lines an item, the text with `$T$` for the target, the target, and -1, 0 or 1.

So comes the data of Dong et al., "Adaptive Recursive Neural Network for Target-dependent Twitter Sentiment
Classification", ACL 2014. Its texts are cut as the Penn Treebank cuts them ("do n't", -LRB-); the tokeniser of
the warehouse reads them as they were once written.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from ml.tokens import token_lists

FILE_NAME = Path("targets/twitter_target_sentiment_train.raw")
LABELS = {"-1": "negative", "0": "neutral", "1": "positive"}

# Words that stand where names stood: no tokeniser cuts them, no text has them.
TARGET, OTHER = "qzxtargetxzq", "qzxotherxzq"
BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
CUT_OFF = re.compile(r"(?<=\w) (n't|[`'] ?(?:s|m|re|ve|ll|d)\b)", re.IGNORECASE)
CUT_EMOTICON = re.compile(r"([:;=]-?) (?=[()])")
WORD = re.compile(r"[^\W\d_][\w']*")
INSIDE = re.compile(r"(?<=[a-z,] )[^\W\d_][\w']*")
SIGNED = re.compile(r"[@#$]\w+|https?:\S+")


def read_labelled(path: Path) -> pd.DataFrame:
    """Return text, target, label, tokens, own_positions and other_positions of each item; index = item.

    Positions count tokens from 1. Others are the targets of the file's other items, where a text names them.
    Raises ValueError naming file, line and remedy for a file that is cut short, an unknown label, or a text
    without `$T$`.
    """
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    if len(lines) % 3:
        raise ValueError(
            f"{path}: line {len(lines)}: the last item is incomplete; an item is three lines: text with $T$, "
            "target, label"
        )
    items = pd.DataFrame(
        {"text": lines[0::3], "target": [line.strip() for line in lines[1::3]], "label": lines[2::3]}
    )
    items["label"] = items["label"].str.strip()
    _refuse(path, items, ~items["label"].isin(list(LABELS)), 3, "label", f"write one of {list(LABELS)}")
    _refuse(path, items, ~items["text"].str.contains("$T$", regex=False), 1, "text", "put $T$ for the target")
    _refuse(path, items, items["target"] == "", 2, "target", "write the target's name")
    items["label"] = items["label"].map(LABELS)
    marked = _marked(items)
    items["tokens"] = token_lists(marked)
    items["own_positions"] = items["tokens"].map(lambda tokens: _places(tokens, TARGET))
    items["other_positions"] = items["tokens"].map(lambda tokens: _places(tokens, OTHER))
    return items


def leak_groups(items: pd.DataFrame) -> np.ndarray:
    """Return a number an item: items that share a target or a text have the same one, also by a chain."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    whole = [text.replace("$T$", name) for text, name in zip(items["text"], items["target"], strict=True)]
    texts = pd.factorize(pd.Series(whole))[0]
    targets = pd.factorize(items["target"].str.lower())[0]
    size = len(items)
    rows = np.concatenate([np.arange(size), np.arange(size)])
    columns = np.concatenate([texts, targets + texts.max() + 1])
    links = coo_matrix((np.ones(2 * size), (rows, columns))).tocsr()
    return connected_components(links @ links.T, directed=False)[1]


def names(items: pd.DataFrame) -> set[str]:
    """Return the tokens that are somebody's name here: words of targets, and words mostly written as names.

    A word counts as a name where more than half of its places inside a sentence have it with a capital, texts
    written in capitals aside; "I" is none. A sentence begins behind a handle, too.
    """
    capital, all_places = {}, {}
    for text in items["text"]:
        plain = SIGNED.sub(".", plain_text(text.replace("$T$", "it")))
        words = WORD.findall(plain)
        if sum(word[0].isupper() for word in words) * 2 > len(words):
            continue
        for word in INSIDE.findall(plain):
            key = word.lower()
            all_places[key] = all_places.get(key, 0) + 1
            capital[key] = capital.get(key, 0) + word[0].isupper()
    written = {word for word, count in all_places.items() if capital[word] * 2 > count}
    written = {word for word in written if word != "i" and not word.startswith("i'")}
    named = [token for tokens in token_lists([*written, *items["target"].unique()]) for token in tokens]
    return set(named)


def plain_text(text: str) -> str:
    """Return a text without the marks of the Penn Treebank's tokeniser."""
    for mark, bracket in BRACKETS.items():
        text = text.replace(mark, bracket)
    text = CUT_OFF.sub(lambda found: found[1].replace("`", "'").replace(" ", ""), text)
    return CUT_EMOTICON.sub(r"\1", text)


def _marked(items: pd.DataFrame) -> list[str]:
    """Return the texts with a word in place of each target."""
    targets = sorted(items["target"].unique(), key=lambda name: (-len(name), name))
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, targets)) + r")(?!\w)", re.IGNORECASE)
    marked = []
    for text, target in zip(items["text"], items["target"], strict=True):
        own = target.lower()
        text = pattern.sub(lambda found, own=own: TARGET if found[0].lower() == own else f" {OTHER} ", text)
        marked.append(plain_text(text.replace("$T$", f" {TARGET} ")))
    return marked


def _places(tokens: list[str], word: str) -> list[int]:
    return [number for number, token in enumerate(tokens, 1) if token == word]


def _refuse(path: Path, items: pd.DataFrame, bad: pd.Series, line: int, field: str, remedy: str) -> None:
    if bad.any():
        item = bad.idxmax()
        raise ValueError(
            f"{path}: line {item * 3 + line}: {field} is {items.loc[item, field][:60]!r}; {remedy}"
        )
