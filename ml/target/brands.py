"""Tweets labelled with the sentiment towards a brand: the Sanders corpus, and the US airlines.

Both name their brand by handle, hashtag or word. A text has one label even where it names several brands.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from ml.sentiment.sample import LABELS
from ml.tokens import token_lists

SANDERS = Path("targets/brand_relevance.csv")
AIRLINES = Path("mentions/airline_tweets.csv")
EVERY_AIRLINE_TWEET = 4
"""One airline tweet in so many is learnt from: there are more of them than of all others together."""

SPELLINGS = {
    "United": ("united",),
    "US Airways": ("usairways", "usair"),
    "American": ("americanair", "americanairlines"),
    "Southwest": ("southwestair", "southwest"),
    "Delta": ("jetblue", "delta"),
    "Virgin America": ("virginamerica",),
}
"""How the airlines are called in their tweets; those of Delta in this data write to @JetBlue."""


def read_sanders(path: Path) -> pd.DataFrame:
    """Return the tweets about a company with its sentiment, shaped as `labelled.read_labelled` does."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = rows[rows["Sentiment"].isin(list(LABELS))]
    return _placed(rows["TweetText"], rows["Topic"], rows["Sentiment"], lambda topic: (topic,))


def read_airlines(path: Path) -> pd.DataFrame:
    """Return one in EVERY_AIRLINE_TWEET airline tweets, shaped as `labelled.read_labelled` does."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = rows[rows["airline_sentiment"].isin(list(LABELS)) & rows["airline"].isin(list(SPELLINGS))]
    rows = rows.iloc[::EVERY_AIRLINE_TWEET]
    return _placed(rows["text"], rows["airline"], rows["airline_sentiment"], SPELLINGS.get)


def _placed(
    texts: pd.Series, targets: pd.Series, labels: pd.Series, spellings: Callable[[str], tuple[str, ...]]
) -> pd.DataFrame:
    """Return distinct texts in which the target stands, with the places of it and of the other targets."""
    items = pd.DataFrame({"text": texts, "target": targets, "label": labels}).drop_duplicates("text")
    items = items.reset_index(drop=True)
    items["tokens"] = token_lists(items["text"])
    known = {target: spellings(target) for target in sorted(items["target"].unique())}

    def places(tokens: list[str], target: str) -> list[int]:
        return [number for number, token in enumerate(tokens, 1) if token.lstrip("@#$") in known[target]]

    items["own_positions"] = [
        places(tokens, target) for tokens, target in zip(items["tokens"], items["target"], strict=True)
    ]
    items["other_positions"] = [
        sorted(number for other in known if other != target for number in places(tokens, other))
        for tokens, target in zip(items["tokens"], items["target"], strict=True)
    ]
    # The whole text names the target: `$T$` stands for it nowhere.
    return items[items["own_positions"].map(len) > 0].reset_index(drop=True)
