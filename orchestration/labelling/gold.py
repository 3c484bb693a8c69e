"""Labels joined to their texts: what promotions are judged by, what a model's own error is measured on."""

from dataclasses import dataclass

import pandas as pd

from ingestion.home import Home
from ml.registry import Model
from orchestration.labelling.choose import released_texts
from orchestration.labelling.store import CHECK, LABELS, gold, read_labels

FEWEST_TEXTS = 100
FEWEST_OF_A_CLASS = 10
"""With fewer random labels than these, in all and of each class, a model's own error is not measured."""
SEED = 20260801


@dataclass(frozen=True)
class GoldTexts:
    """`texts` has post_key, text, language and label; `gone` are labelled posts that the release no longer has."""

    texts: pd.DataFrame
    gone: int


def gold_texts(home: Home, purpose: str) -> GoldTexts:
    """Return the texts of a purpose on which coders agree, in a fixed order. Raises NoRelease, LabellingError."""
    agreed = gold(read_labels(home), purpose)
    found = released_texts(home, list(agreed)) if agreed else {}
    rows = [(key, *found[key], agreed[key]) for key in agreed if key in found]
    return GoldTexts(
        pd.DataFrame(rows, columns=["post_key", "text", "language", "label"]).dropna(ignore_index=True),
        len(agreed) - len(rows),
    )


def measure_own_error(home: Home, model: Model) -> str:
    """Measure the sentiment model's error on the random labels, for the next run; return what came of it.

    Labels count in the stratum of their language, and the confusion that the model came with there is the prior (see
    `ml.prevalence`). A language without labels keeps the error that the model came with. Without labels enough nothing
    is written: the model keeps the error that it came with, or that was measured before.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from ml.judging import sentiment_labels
    from ml.prevalence import ALL, error_table, point_confusions, read_errors
    from ml.promotions import write_own_error
    from ml.weights import read_weights

    texts = gold_texts(home, CHECK).texts
    predicted = (
        sentiment_labels(texts, read_weights(model.folder / "weights.parquet")) if len(texts) else None
    )
    scored = texts[predicted != "unscored"] if predicted is not None else texts
    fewest = min((int((scored["label"] == label).sum()) for label in LABELS), default=0)
    if len(scored) < FEWEST_TEXTS or fewest < FEWEST_OF_A_CLASS:
        return (
            f"{len(scored)} random posts are labelled, {fewest} of the rarest class; from {FEWEST_TEXTS} and "
            f"{FEWEST_OF_A_CLASS} on they correct the shares of the marts."
        )
    numbers = {label: number for number, label in enumerate(LABELS)}
    true = scored["label"].map(numbers).to_numpy()
    said = predicted[scored.index].map(numbers).to_numpy()
    came = read_errors(model.folder / "sentiment_error.parquet")
    priors = point_confusions(came)
    labelled = {ALL: [(true, said)]}
    for language in sorted(set(scored["language"]) & set(priors)):
        rows = (scored["language"] == language).to_numpy()
        labelled[language] = [(true[rows], said[rows])]
    measured = error_table("sentiment", model.version, labelled, seed=SEED, priors=priors)
    kept = came.filter(pc.invert(pc.is_in(came["stratum"], pa.array(list(labelled)))))
    write_own_error(home.models, model, pa.concat_tables([measured, kept]))
    return f"The error of {model.version} is measured on {len(scored)} random posts; the next run corrects by it."
