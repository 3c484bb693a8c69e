"""How near the corrected shares come to the truth, and how often their 95% interval holds it.

    python -m tests.bench.prevalence FOLDER

FOLDER holds airline_tweets.csv (Twitter US Airline Sentiment, crowd-labelled). Tweets of one airline and day are a
group whose true share of negative tweets is known. The shares come from the macro of the marts, with confusions of
three origins, none of which sees a label of the groups that it corrects:

- own domain: some hundred labels of other days, with the shipped confusion as prior; what `listenhouse label` gives
- own domain alone: the same labels without the prior
- other airlines: labels of all other airlines, on any day, without the prior
- shipped: the held-out labels that ship with the model, from another domain

Own domain is prior shift alone: classes are frequent or rare, what a class looks like stays. Shipped is domain shift
as well, which no interval that comes from those labels knows of.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from ml.evaluate import score_texts
from ml.prevalence import error_table, point_confusion
from ml.registry import current_model
from ml.sentiment.sample import LABELS
from ml.weights import read_weights
from orchestration.matching.model_sql import template_sql

FILE = "airline_tweets.csv"
SMALLEST_GROUP = 20
"""Tweets; below, a true share is itself hardly known."""
LABELLED = (200, 500)
"""How many labels of the own domain are tried."""
REPEATS = 5
SEED = 7

_SHARES = """
with counts as (
    select
        airline, day, 'm' as model_version,
        {% for label in ['positive', 'neutral', 'negative'] -%}
        cast(count(case when predicted = '{{ label }}' then 1 end) as bigint) as {{ label }}{{ ',' if not loop.last }}
        {% endfor %}
    from tweets
    group by airline, day
)
select * from ({{ corrected_shares('counts', ['airline', 'day']) }}) order by airline, day
"""


def scored_tweets(folder: Path) -> pd.DataFrame:
    """Return airline, day, true and predicted label of every tweet, scored by the current shipped model."""
    tweets = pd.read_csv(
        folder / FILE, usecols=["tweet_id", "airline", "airline_sentiment", "text", "tweet_created"]
    )
    tweets = tweets.drop_duplicates("tweet_id").drop_duplicates("text", ignore_index=True)
    scored = score_texts(
        tweets["text"], "en", read_weights(current_model("sentiment").folder / "weights.parquet")
    )
    return pd.DataFrame(
        {
            "airline": tweets["airline"],
            "day": tweets["tweet_created"].str[:10],
            "true": tweets["airline_sentiment"],
            "predicted": scored["sentiment"],
        }
    )


def groups_judged(tweets: pd.DataFrame, errors: pd.DataFrame) -> pd.DataFrame:
    """Return one row an airline and day: tweets, true, raw and corrected negative share with its interval."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("tweets", tweets)
        connection.register("errors", errors.drop(columns="model_name").assign(model_version="m"))
        shares = connection.execute(template_sql(_SHARES, {"int_sentiment_error": "errors"})).df()
    groups = tweets.groupby(["airline", "day"], as_index=False).agg(
        tweets=("true", "size"),
        truth=("true", lambda labels: (labels == "negative").mean()),
        raw=("predicted", lambda labels: (labels == "negative").mean()),
    )
    groups = groups[groups["tweets"] >= SMALLEST_GROUP]
    return groups.merge(shares[["airline", "day", "negative", "negative_low", "negative_high"]])


def fares(tweets: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield (origin of the confusion, groups judged with it), several times for an origin that is drawn."""
    shipped = pq.read_table(current_model("sentiment").folder / "sentiment_error.parquet")
    day_number = tweets["day"].rank(method="dense").astype(int)
    generator = np.random.default_rng(SEED)
    for labelled in LABELLED:
        for repeat in range(REPEATS):
            for odd in (0, 1):
                drawn = generator.choice(np.flatnonzero(day_number % 2 == odd), labelled, replace=False)
                gold, judged = tweets.iloc[drawn], tweets[day_number % 2 != odd]
                for origin, prior in (("own domain", point_confusion(shipped)), ("own domain alone", None)):
                    errors = _errors(gold, seed=repeat, prior=prior)
                    yield f"{origin}, {labelled} labels", groups_judged(judged, errors)
    for airline in sorted(tweets["airline"].unique()):
        own = tweets["airline"] == airline
        yield "other airlines", groups_judged(tweets[own], _errors(tweets[~own], seed=SEED))
    yield "shipped", groups_judged(tweets, shipped.to_pandas())


def _errors(gold: pd.DataFrame, *, seed: int, prior: np.ndarray | None = None) -> pd.DataFrame:
    numbers = {label: number for number, label in enumerate(LABELS)}
    true, predicted = (gold[column].map(numbers).to_numpy() for column in ("true", "predicted"))
    return error_table("sentiment", "m", true, predicted, seed=seed, prior=prior).to_pandas()


def summary(tweets: pd.DataFrame) -> pd.DataFrame:
    """Return one row an origin: mean absolute errors of the negative share, coverage and width of the interval."""
    judged = pd.concat(groups.assign(confusion=origin) for origin, groups in fares(tweets))
    judged["raw_error"] = (judged["raw"] - judged["truth"]).abs()
    judged["corrected_error"] = (judged["negative"] - judged["truth"]).abs()
    judged["covered"] = judged["truth"].between(judged["negative_low"], judged["negative_high"]).astype(float)
    judged["width"] = judged["negative_high"] - judged["negative_low"]
    figures = judged.groupby("confusion", sort=False)[
        ["raw_error", "corrected_error", "covered", "width"]
    ].mean()
    figures.insert(0, "groups", judged.groupby("confusion", sort=False).size())
    return figures.round(3)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help=f"folder with {FILE}")
    folder = parser.parse_args().folder
    if not (folder / FILE).exists():
        parser.error(f"{folder}: has no {FILE}")
    print(summary(scored_tweets(folder)).to_string())


if __name__ == "__main__":
    main()
