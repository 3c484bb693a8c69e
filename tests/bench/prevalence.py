"""How near the corrected shares come to the truth, and how often their 95% interval holds it.

    python -m tests.bench.prevalence FOLDER [--targets]

FOLDER is a folder of public data. The shares come from the macro of the marts. Three measurements:

Airlines (mentions/airline_tweets.csv, Twitter US Airline Sentiment, crowd-labelled). Tweets of one airline and day are
a group whose true share of negative tweets is known. Confusions of several origins, none of which sees a label of
the groups that it corrects:

- own domain: some hundred labels of other days, with the shipped confusion as prior; what `listenhouse label` gives
- own domain alone: the same labels without the prior
- other airlines: labels of all other airlines, on any day, without the prior
- shipped: the held-out labels that ship with the model, from another domain

Own domain is prior shift alone: classes are frequent or rare, what a class looks like stays. Shipped is domain shift
as well, which no interval that comes from those labels knows of.

Brand days (sentiment/<language>_validation.tsv, see `tests.bench.brand_days`): the shipped error by stratum against
the shipped error of all strata together, in several languages.

Targets (--targets; targets/, minutes): the same for sentiment towards the named target, whose error is measured on one
half of the targets and judged on the other.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from ml.evaluate import score_texts
from ml.prevalence import error_table, point_confusions, read_errors
from ml.registry import current_model
from ml.sentiment.sample import LABELS
from ml.weights import read_weights
from orchestration.matching.model_sql import template_sql
from tests.bench.brand_days import sets_of_days, shipped_errors, target_days, validation_texts

FILE = "mentions/airline_tweets.csv"
LANGUAGE = "en"
SMALLEST_GROUP = 20
"""Tweets; below, a true share is itself hardly known."""
LABELLED = (200, 500)
"""How many labels of the own domain are tried."""
REPEATS = 12
"""How often labels are drawn; from five times coverage is known to three points only."""
SEED = 7

_SHARES = """
with counts as (
    select
        "group", stratum, 'm' as model_version,
        {% for label in ['positive', 'neutral', 'negative'] -%}
        cast(count(case when predicted = '{{ label }}' then 1 end) as bigint) as {{ label }}{{ ',' if not loop.last }}
        {% endfor %}
    from posts
    group by "group", stratum
)
select * from ({{ corrected_shares('counts', ['"group"']) }}) order by "group"
"""


def scored_tweets(folder: Path) -> pd.DataFrame:
    """Return airline, day, group, stratum, true and predicted label of every tweet, scored by the shipped model."""
    tweets = pd.read_csv(
        folder / FILE, usecols=["tweet_id", "airline", "airline_sentiment", "text", "tweet_created"]
    )
    tweets = tweets.drop_duplicates("tweet_id").drop_duplicates("text", ignore_index=True)
    scored = score_texts(
        tweets["text"], LANGUAGE, read_weights(current_model("sentiment").folder / "weights.parquet")
    )
    days = tweets["tweet_created"].str[:10]
    return pd.DataFrame(
        {
            "airline": tweets["airline"],
            "day": days,
            "group": tweets["airline"] + " " + days,
            "stratum": LANGUAGE,
            "true": tweets["airline_sentiment"],
            "predicted": scored["sentiment"],
        }
    )


def groups_judged(posts: pd.DataFrame, errors: pd.DataFrame) -> pd.DataFrame:
    """Return one row a group: posts, true, raw and corrected negative share with its interval.

    `posts` has group, stratum, true and predicted; `errors` are rows of `ml.sentiment_error`.
    """
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("posts", posts)
        connection.register("errors", errors.drop(columns="model_name").assign(model_version="m"))
        shares = connection.execute(template_sql(_SHARES, {"int_sentiment_error": "errors"})).df()
    groups = posts.groupby("group", as_index=False).agg(
        posts=("true", "size"),
        truth=("true", lambda labels: (labels == "negative").mean()),
        raw=("predicted", lambda labels: (labels == "negative").mean()),
    )
    return groups.merge(shares[["group", "negative", "negative_low", "negative_high"]])


def fares(tweets: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield (origin of the confusion, groups judged with it), several times for an origin that is drawn."""
    shipped = read_errors(current_model("sentiment").folder / "sentiment_error.parquet")
    prior = point_confusions(shipped)[LANGUAGE]
    day_number = tweets["day"].rank(method="dense").astype(int)
    generator = np.random.default_rng(SEED)
    large = tweets[tweets.groupby("group")["true"].transform("size") >= SMALLEST_GROUP]
    for labelled in LABELLED:
        for repeat in range(REPEATS):
            for odd in (0, 1):
                drawn = generator.choice(np.flatnonzero(day_number % 2 == odd), labelled, replace=False)
                gold, judged = tweets.iloc[drawn], large[day_number[large.index] % 2 != odd]
                for origin, known in (("own domain", prior), ("own domain alone", None)):
                    errors = _errors(gold, seed=repeat, prior=known)
                    yield f"{origin}, {labelled} labels", groups_judged(judged, errors)
    for airline in sorted(tweets["airline"].unique()):
        labels = tweets[tweets["airline"] != airline]
        yield "other airlines", groups_judged(large[large["airline"] == airline], _errors(labels, seed=SEED))
    yield "shipped", groups_judged(large, shipped.to_pandas())


def _errors(gold: pd.DataFrame, *, seed: int, prior: np.ndarray | None = None) -> pd.DataFrame:
    numbers = {label: number for number, label in enumerate(LABELS)}
    true, predicted = (gold[column].map(numbers).to_numpy() for column in ("true", "predicted"))
    priors = None if prior is None else {LANGUAGE: prior}
    return error_table(
        "sentiment", "m", {LANGUAGE: [(true, predicted)]}, seed=seed, priors=priors
    ).to_pandas()


def figures(judged: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return mean absolute errors of the negative share, coverage and width of the interval; one row a value of `by`."""
    judged = judged.assign(
        raw_error=(judged["raw"] - judged["truth"]).abs(),
        corrected_error=(judged["negative"] - judged["truth"]).abs(),
        covered=judged["truth"].between(judged["negative_low"], judged["negative_high"]).astype(float),
        width=judged["negative_high"] - judged["negative_low"],
    )
    parts = judged.groupby(by, sort=False)
    found = parts[["raw_error", "corrected_error", "covered", "width"]].mean()
    found.insert(0, "groups", parts.size())
    return found.round(3)


def summary(tweets: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of the airlines, one row an origin of the confusion."""
    return figures(
        pd.concat(groups.assign(confusion=origin) for origin, groups in fares(tweets)), ["confusion"]
    )


def brand_days_summary(texts: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of days of made-up brands, one row a set of days and error table."""
    errors = {"pooled": shipped_errors(pooled=True), "by stratum": shipped_errors(pooled=False)}
    return figures(
        pd.concat(
            groups_judged(days, table).assign(days=name, error=kind)
            for name, days in sets_of_days(texts).items()
            for kind, table in errors.items()
        ),
        ["days", "error"],
    )


def target_summary(folder: Path) -> pd.DataFrame:
    """Return the figures of posts that name several targets, one row an error table."""
    return figures(
        pd.concat(
            groups_judged(days, table).assign(error=kind)
            for days, errors in target_days(folder)
            for kind, table in errors.items()
        ),
        ["error"],
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help=f"folder with {FILE} and sentiment/")
    parser.add_argument("--targets", action="store_true", help="measure sentiment towards targets too")
    arguments = parser.parse_args()
    if not (arguments.folder / FILE).exists():
        parser.error(f"{arguments.folder}: has no {FILE}")
    print(summary(scored_tweets(arguments.folder)).to_string())
    print(brand_days_summary(validation_texts(arguments.folder / "sentiment")).to_string())
    if arguments.targets:
        print(target_summary(arguments.folder).to_string())


if __name__ == "__main__":
    main()
