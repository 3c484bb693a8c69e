"""Days of made-up brands: real held-out texts in several languages, with any mood, whose true shares are known.

A day has one to four languages in any proportion, and 10 to 300 posts. The brand has a mood, drawn from all that there
might be, and each language one near it; texts are drawn without replacement from those of each class, labelled by
people and scored by the shipped model. They are validation files, which no training has seen.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ml.evaluate import FILE_NAME, score_texts
from ml.prevalence import ALL, TARGET, error_table, read_errors
from ml.registry import current_model
from ml.sentiment.labelled import unescape
from ml.sentiment.sample import LABELS
from ml.weights import read_weights

SEED = 11
DAYS = 400
DAYS_OF_A_LANGUAGE = 100
MOST_LANGUAGES = 4
FEWEST_POSTS, MOST_POSTS = 10, 300
ALIKE = 8.0
"""How much alike a brand's moods in its languages are: the concentration of a Dirichlet distribution about its mood."""

WEAK = "hi"
"""The language in which the model stands little above chance."""


def validation_texts(folder: Path) -> pd.DataFrame:
    """Return stratum, true and predicted label of the texts in <folder>/<language>_validation.tsv."""
    weights = read_weights(current_model("sentiment").folder / "weights.parquet")
    parts = []
    for path in sorted(folder.glob("*_validation.tsv")):
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
        texts = pd.DataFrame([line.partition("\t")[::2] for line in lines], columns=["true", "text"])
        language = FILE_NAME.match(path.name)["language"]
        scored = score_texts(texts["text"].map(unescape), language, weights)
        parts.append(texts[["true"]].assign(stratum=language, predicted=scored["sentiment"]))
    return pd.concat(parts, ignore_index=True)


def brand_days(
    texts: pd.DataFrame, days: int, *, seed: int, most_languages: int = MOST_LANGUAGES
) -> pd.DataFrame:
    """Return `texts` drawn into days: the columns group (number of the day), stratum, true and predicted."""
    generator = np.random.default_rng(seed)
    rows = {key: part.index.to_numpy() for key, part in texts.groupby(["stratum", "true"])}
    strata = sorted(texts["stratum"].unique())
    drawn = []
    for day in range(days):
        chosen = generator.choice(
            strata, generator.integers(1, min(most_languages, len(strata)) + 1), replace=False
        )
        posts = int(np.exp(generator.uniform(np.log(FEWEST_POSTS), np.log(MOST_POSTS))))
        mood = generator.dirichlet(np.ones(len(LABELS)))
        sizes = generator.multinomial(posts, generator.dirichlet(np.ones(len(chosen))))
        for stratum, size in zip(chosen, sizes, strict=True):
            of_class = generator.multinomial(size, generator.dirichlet(ALIKE * mood + 0.2))
            for label, wanted in zip(LABELS, of_class, strict=True):
                pool = rows[stratum, label]
                found = generator.choice(pool, min(wanted, len(pool)), replace=False)
                drawn.append(texts.loc[found].assign(group=day))
    return pd.concat(drawn, ignore_index=True)


def shipped_errors(*, pooled: bool) -> pd.DataFrame:
    """Return the error table of the shipped sentiment model; `pooled`: of all strata together alone."""
    errors = read_errors(current_model("sentiment").folder / "sentiment_error.parquet")
    return (errors.filter(pc.equal(errors["stratum"], ALL)) if pooled else errors).to_pandas()


def sets_of_days(texts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return days by name: of mixed languages, those with and without the weak one, small ones, and of each alone."""
    days = brand_days(texts, DAYS, seed=SEED)
    is_weak = days.groupby("group")["stratum"].transform(lambda strata: (strata == WEAK).any())
    is_small = days.groupby("group")["true"].transform("size") < 40
    found = {
        "several languages": days,
        f"  with {WEAK}": days[is_weak],
        f"  without {WEAK}": days[~is_weak],
        "  fewer than 40 posts": days[is_small],
    }
    for language in sorted(texts["stratum"].unique()):
        of_language = texts[texts["stratum"] == language]
        found[f"{language} alone"] = brand_days(of_language, DAYS_OF_A_LANGUAGE, seed=SEED)
    return found


def target_days(folder: Path) -> list[tuple[pd.DataFrame, dict[str, pd.DataFrame]]]:
    """Return (days, error tables by name) for posts that name several targets, twice: each half judges the other.

    Targets of one half, and texts that share a target with it, have no part in the error that corrects the other. Trains
    the target model by cross-validation first, which takes minutes; `folder` as for `ml.target.train`.
    """
    from ml.target.labelled import leak_groups
    from ml.target.training import LANGUAGE, fit_target, names_several, read_items
    from ml.train import SEED as TRAINING_SEED

    weights = read_weights(current_model("sentiment").folder / "weights.parquet")
    posts, splices = fit_target(folder, weights, seed=TRAINING_SEED).held_out
    items = read_items(folder)
    groups = leak_groups(items)[names_several(items)]
    halves = _halves(groups)
    found = []
    for half in (0, 1):
        measured = [tuple(side[halves != half] for side in posts), splices]
        errors = error_table("sentiment", "m", {TARGET + LANGUAGE: measured}, seed=SEED).to_pandas()
        judged = pd.DataFrame(
            {
                name: np.take(list(LABELS), side[halves == half])
                for name, side in zip(("true", "predicted"), posts, strict=True)
            }
        )
        days = brand_days(judged.assign(stratum=TARGET + LANGUAGE), DAYS_OF_A_LANGUAGE, seed=SEED + half)
        pooled = shipped_errors(pooled=True)
        found.append((days, {"pooled": pooled, "by stratum": pd.concat([pooled, errors], ignore_index=True)}))
    return found


def _halves(groups: np.ndarray) -> np.ndarray:
    """Return 0 or 1 an item: whole groups, the largest first to the half with fewer."""
    sizes = (
        pd.Series(groups)
        .value_counts(sort=False)
        .sort_index(kind="stable")
        .sort_values(ascending=False, kind="stable")
    )
    filled, half_of = [0, 0], {}
    for group, size in sizes.items():
        half_of[group] = int(filled[1] < filled[0])
        filled[half_of[group]] += size
    return np.array([half_of[group] for group in groups])
