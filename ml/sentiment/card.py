"""The model card of the sentiment model."""

import pandas as pd

from ml.cards import vocabulary_filter
from ml.sentiment.training import MINIMUM_TEXTS, LanguageModel

KNOWN_FAILURES = [
    "Sarcasm without a marker is read literally.",
    "Negation reaches the next word only: 'not a very good phone' is read as good.",
    "Sentiment is of the whole post, not towards one of several brands in it.",
    "News about bad events is often called negative although it takes no side.",
    "Words that mean another thing in a trade ('sick beat', 'killer deal') follow the lexicon.",
    "The error table is measured on the project's own posts; corrected shares inherit whatever sets those "
    "apart from the posts that are scored.",
    "A post that mixes languages is scored by the weights of the one language that it is tagged with.",
]


def sentiment_card(models: list[LanguageModel], version: str, trained_at: str, seed: int) -> dict:
    """Return the card of a model of one or more languages."""
    held_out = pd.concat(model.held_out for model in models)
    return {
        "title": "Sentiment: negative, neutral, positive",
        "model_name": "sentiment",
        "model_version": version,
        "task": "sentiment",
        "languages": [model.language for model in models],
        "trained_at": trained_at,
        "seed": seed,
        "summary": "One multinomial logistic regression a language over words and word pairs, stored as "
        "weights and scored in SQL. Text in any other language is unscored.",
        "data": [
            {
                "name": "Listenhouse labelled posts",
                "licence": "Apache-2.0",
                "size": f"{sum(model.scores['texts'] for model in models)} texts",
                "note": "written for this project in the style of posts about consumer brands",
            },
            {
                "name": "Listenhouse lexicons and emoji list",
                "licence": "Apache-2.0",
                "size": "per language, see ml/sentiment/data",
                "note": "words and word pairs with a valence",
            },
            {
                "name": "VADER lexicon (Hutto and Gilbert 2014)",
                "licence": "MIT",
                "size": "English, 7,234 words",
                "note": "licence in ml/sentiment/data/LICENSE-vader.txt",
            },
        ],
        "scores_meaning": "Five-fold cross-validation on the project's own labelled posts; calibration error "
        "is the expected calibration error (ECE) after temperature scaling, whose one number is fitted on "
        "the same held-out predictions. Own posts are cleaner than the open web, so expect less there; "
        "`python -m ml.evaluate FOLDER` scores any labelled file.",
        "scores": [{"language": model.language, **model.scores} for model in models],
        "held_out_counts": {
            "rows_true_columns_predicted": ["negative", "neutral", "positive"],
            "counts": pd.crosstab(held_out["true"], held_out["predicted"]).to_numpy().tolist(),
        },
        "vocabulary_filter": vocabulary_filter(MINIMUM_TEXTS),
        "terms": {model.language: len(model.vocabulary) for model in models},
        "known_failures": KNOWN_FAILURES,
        "reproduce": "python -m ml.train",
    }
