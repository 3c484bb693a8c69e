"""Train the target model: `python -m ml.target.train FOLDER` renews the one that ships with the project.

FOLDER holds `targets/twitter_target_sentiment_train.raw` (Dong et al. 2014, see `ml.target.labelled`) and, where they
are there, the sets of `ml.target.brands`; none is shipped. The terms rest on the sentiment model: train anew when
another one ships.
"""

import argparse
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ml.prevalence import TARGET, error_table, is_enough
from ml.registry import SHIPPED, current_model, version_in
from ml.train import SEED, Trained, _keep, _now, _one_thread, _ship
from ml.weights import build_tables, language_weights, read_weights


def train_target_sentiment(out_folder: Path, data: Path, *, seed: int = SEED) -> Trained:
    """Train on the labelled targets in the folder `data` and make the model current.

    Uses the sentiment model that is current in `out_folder`. Writes <out_folder>/target_sentiment/<version>/.
    Raises ValueError naming file and line for bad training data, FileNotFoundError if there is none.
    """
    return _keep(out_folder, *_target_sentiment(seed, data, out_folder))


def _target_sentiment(seed: int, data: Path, models: Path | None) -> tuple[dict, dict[str, pa.Table]]:
    """Return the card and the files of a freshly trained target model."""
    from ml.sentiment.sample import LABELS
    from ml.target.card import target_card
    from ml.target.training import LANGUAGE, fit_target

    sentiment = current_model("sentiment", models).folder if models else SHIPPED / "sentiment"
    with _one_thread():
        model = fit_target(data, read_weights(sentiment / "weights.parquet"), seed=seed)
    weights = language_weights(
        LANGUAGE, list(LABELS), model.vocabulary, model.estimator.coef_, model.estimator.intercept_
    )
    labels = pd.DataFrame(
        {
            "label": list(LABELS),
            "description": [
                text.replace("The author", "Towards the target, the author") for text in LABELS.values()
            ],
            "threshold": [None] * len(LABELS),
        }
    ).astype({"threshold": "float64"})
    version, weight_table, label_table = build_tables("target_sentiment", weights, labels)
    kinds = [part for part in model.held_out if is_enough(part[0])]
    errors = error_table("target_sentiment", version, {TARGET + LANGUAGE: kinds} if kinds else {}, seed=seed)
    card = target_card(model, version, version_in(sentiment), _now(), seed)
    return card, {"weights": weight_table, "labels": label_table, "sentiment_error": errors}


def main() -> None:
    """Train the shipped target model anew and say what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with the labelled targets")
    trained = _ship(*_target_sentiment(SEED, parser.parse_args().folder, None))
    print(f"{trained.model_name} {trained.version} {'written' if trained.changed else 'unchanged'}")
    print(pd.DataFrame(trained.card["scores"]).to_string(index=False))


if __name__ == "__main__":
    main()
