"""The texts of a distillation: which are learnt from, which are labelled, and which must never be seen.

`labelled_texts` are the training files of English sentiment. `unlabelled_texts` are English posts from the
other public data sets of the folder, those closest to general tweets first, so that a run that is stopped early
has labelled the most useful ones. `withheld_keys` are the texts of every validation and test file: what equals
one of them, as `text_key` compares, is in neither.
"""

import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import pandas as pd

LABELS = ("negative", "neutral", "positive")
LABELLED = {"SemEval-2017 task 4 (TweetEval)": "en_train.tsv", "UMSAB English": "en-umsab_train.tsv"}
"""Public name -> file in the folder `sentiment`."""

WITHHELD = ("*_validation.*", "*_test.*")
AIRLINES = "mentions/airline_tweets.csv"
"""Shares of sentiment are tested on these tweets, so they are not labelled either."""

ENGLISH = frozenset(
    "the you he she it we they is are were be to of and on with at my your this that not does did have had can just "
    "what who how i'm it's don't out up if but from by".split()
)
"""A text of several words that holds none of these is taken for another language, or for a list of tags."""

ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
URL = re.compile(r"(?:https?://|www\.)\S+|\bhttps?\b", re.IGNORECASE)
HANDLE = re.compile(r"(?<!\w)@\w+")
REPOST = re.compile(r"^\s*RT\s+@\w+\s*:?", re.IGNORECASE)
SPACE = re.compile(r"\s+")
NOT_WORDS = re.compile(r"[\W_]+")
REGIONAL_LETTER = "REGIONAL INDICATOR"


def normalise(text: str) -> str:
    """Return `text` as the encoder reads it: no account names, no addresses, symbols and emoji by their names.

    An encoder's word list has few emoji; their Unicode names are words that it knows.
    """
    plain = html.unescape(_unescape(text)).replace("\\n", " ")
    plain = HANDLE.sub("@user", URL.sub("http", plain))
    return SPACE.sub(" ", "".join(_spoken(character) for character in plain)).strip()


def text_key(text: str) -> str:
    """Return what two copies of a post share: its letters and digits in lower case.

    Account names, addresses, punctuation and the mark of a repost are left out; '' for a text of nothing else.
    """
    plain = normalise(REPOST.sub("", text)).replace("@user", " ")
    return NOT_WORDS.sub(" ", re.sub(r"\bhttp\b", " ", plain)).casefold().strip()


def is_english(text: str) -> bool:
    """Tell whether a text looks English: Latin letters, and a common English word if it has five words or more."""
    letters = [character for character in text if character.isalpha()]
    if not letters or sum(character.isascii() for character in letters) < 0.9 * len(letters):
        return False
    words = text.lower().replace("’", "'").split()
    return len(words) < 5 or not ENGLISH.isdisjoint(words)


def withheld_keys(folder: Path) -> frozenset[str]:
    """Return the keys of all texts in validation and test files anywhere under `folder`."""
    keys = set()
    for pattern in WITHHELD:
        for path in sorted(folder.rglob(pattern)):
            keys.update(text_key(text) for text in _second_column(path))
    return frozenset(keys - {""})


def labelled_file(path: Path) -> pd.DataFrame:
    """Return label and text of a file with these two columns, separated by a tab.

    Raises ValueError naming file and line for an unknown label.
    """
    # Not read_csv: published files hold stray quotes and tabs within texts.
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
    texts = pd.DataFrame([line.partition("\t")[::2] for line in lines], columns=["label", "text"])
    wrong = texts[~texts["label"].isin(LABELS)]
    if len(wrong):
        raise ValueError(
            f"{path}: line {wrong.index[0] + 2}: label is {wrong.iloc[0]['label']!r}; write one of {list(LABELS)}"
        )
    return texts


def labelled_texts(folder: Path) -> pd.DataFrame:
    """Return text, label and source of the training files, one row a distinct text, none that is withheld.

    A text that stands in the files with two labels is left out. Raises FileNotFoundError naming the files if
    `folder` has none of them, and ValueError naming file and line for an unknown label.
    """
    paths = {name: folder / "sentiment" / file for name, file in LABELLED.items()}
    present = {name: path for name, path in paths.items() if path.exists()}
    if not present:
        raise FileNotFoundError(
            f"{folder}: has no labelled English texts; put {' or '.join(LABELLED.values())} "
            "(columns label and text, separated by a tab) into its folder 'sentiment'"
        )
    texts = pd.concat(
        [labelled_file(path).assign(source=name) for name, path in present.items()], ignore_index=True
    )
    texts["key"] = texts["text"].map(text_key)
    texts = texts[~texts["key"].isin(withheld_keys(folder) | {""})]
    disputed = texts.groupby("key")["label"].transform("nunique") > 1
    return texts[~disputed].drop_duplicates("key", ignore_index=True).drop(columns="key")


def unlabelled_texts(
    folder: Path, *, seen: Iterable[str] = (), most: int | None = None, seed: int = 0
) -> pd.DataFrame:
    """Return text and source of English posts, in the order in which they are worth labelling.

    Within a source the order is that of a hash of seed and text, hence the same on any machine. A text whose
    key equals that of a withheld text, an airline tweet, one in `seen` or one before it has no row. A source
    whose files are missing is left out. `most` limits the rows.
    """
    taken = set(withheld_keys(folder)) | {text_key(text) for text in seen} | {""}
    if (folder / AIRLINES).exists():
        taken.update(text_key(text) for text in _csv_column("text")(folder / AIRLINES))
    rows: list[tuple[str, str]] = []
    for name, (pattern, read, most_of_it) in SOURCES.items():
        found = [text for path in sorted(folder.glob(pattern)) for text in read(path)]
        found.sort(key=lambda text: hashlib.sha256(f"{seed} {text}".encode()).digest())
        for text in found[:most_of_it]:
            key = text_key(text)
            if key not in taken and is_english(normalise(text)):
                taken.add(key)
                rows.append((text, name))
    return pd.DataFrame(rows[:most], columns=["text", "source"])


def _unescape(text: str) -> str:
    """Turn escapes such as \\u2019, which UMSAB's files hold as six characters, into the characters they mean."""
    if "\\u" not in text:
        return text
    characters = ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return characters.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _spoken(character: str) -> str:
    if ord(character) < 0x2100:
        return character
    category = unicodedata.category(character)
    if category in ("So", "Sk"):
        name = unicodedata.name(character, "")
        # Flags are pairs of such letters and skin tones are modifiers: neither says what a post feels.
        skipped = not name or name.startswith(REGIONAL_LETTER) or category == "Sk"
        return " " if skipped else f" {name.lower()} "
    return "" if category in ("Cf", "Mn", "Cs") else character


def _second_column(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
    return [line.partition("\t")[2] for line in lines]


def _csv_column(column: str) -> Callable[[Path], list[str]]:
    def read(path: Path) -> list[str]:
        frame = pd.read_csv(path, dtype=str, encoding_errors="replace", on_bad_lines="skip")
        return frame[column].dropna().tolist()

    return read


def _target_items(path: Path) -> list[str]:
    """Three lines an item: a text with $T$ in the place of its target, the target, a label (not read)."""
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [text.replace("$T$", target) for text, target in zip(lines[::3], lines[1::3], strict=False)]


def _replies(path: Path) -> list[str]:
    frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", encoding_errors="replace")
    return frame.loc[frame["inbound"].str.upper() != "TRUE", "text"].dropna().tolist()


def _tweet_objects(path: Path) -> list[str]:
    """Lines {"tweet": {...}}, packed or not; of a repost the text that it repeats; tweets marked English."""
    with duckdb.connect() as connection:
        lines = connection.execute("select json from read_json_objects(?)", [str(path)]).fetchall()
    tweets = [json.loads(line)["tweet"] for (line,) in lines]
    originals = [tweet.get("retweeted_status") or tweet for tweet in tweets]
    return [tweet["text"] for tweet in originals if tweet.get("lang") == "en"]


def _parquet_titles(path: Path) -> list[str]:
    return pd.read_parquet(path, columns=["title"])["title"].dropna().drop_duplicates().tolist()


# Public name -> files, how they are read, how many texts at most (None: all).
SOURCES: dict[str, tuple[str, Callable[[Path], list[str]], int | None]] = {
    "TweetEval emotion": ("emotion/en_train.tsv", _second_column, None),
    "TweetTopic": ("topics/en_all.csv", _csv_column("text"), None),
    "Target-dependent tweets (Dong et al. 2014)": (
        "targets/twitter_target_sentiment_train.raw",
        _target_items,
        None,
    ),
    "Sanders": ("targets/brand_relevance.csv", _csv_column("TweetText"), None),
    "YouTube Spam Collection": ("spam/*.csv", _csv_column("CONTENT"), None),
    "StockNet": ("mentions/stock_tweets.ndjson.zst", _tweet_objects, 15_000),
    "Customer Support on Twitter, replies": ("care/*.csv", _replies, 2_500),
    "Reddit titles": ("volume/reddit_titles.parquet", _parquet_titles, 120_000),
    "Hacker News titles": ("volume/hn_frontpage_snapshots.parquet", _parquet_titles, 3_000),
}
