"""The model card of the sentiment model."""

import pandas as pd

from ml.sentiment.sample import OWN
from ml.sentiment.training import FAINTEST, MINIMUM_PUBLIC_TEXTS, MINIMUM_TEXTS, LanguageModel

KNOWN_FAILURES = [
    "Sarcasm without a marker is read literally.",
    "A negator reaches three words, whatever the grammar says; a negated clause of its own is not understood.",
    "Sentiment is of the whole post, not towards one of several brands in it.",
    "News about bad events is often called negative although it takes no side.",
    "Words that mean another thing in a trade ('sick beat', 'killer deal') follow the lexicon.",
    "Classes count the same in training, whatever their share: where nearly all posts are neutral, too many are "
    "called negative or positive, and stated probabilities are those of a world with equal shares.",
    "Exclamation marks, question marks and capitals are not seen (they gained nothing in cross-validation).",
    "Outside English and Indonesian a language has learnt from fewer than 2,100 texts. Hindi stands little above "
    "chance (its public texts are mostly written in Latin letters): use it for nothing that matters.",
    "The error is measured by language, in de, en, es and id on the project's own posts, which count double, and on "
    "public texts, elsewhere on public texts alone; corrected shares inherit whatever sets those apart from the posts "
    "that are scored. Own posts are easier (neutral is found in 82 to 96%, in public English texts in 66%): intervals "
    "cover either. In Hindi the interval covers nearly all that might be.",
    "A post that mixes languages is scored by the weights of the one language that it is tagged with.",
]

OWN_DATA = [
    {
        "name": "Listenhouse labelled posts",
        "licence": "Apache-2.0",
        "size": "{own} texts in de, en, es, id",
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
]
PUBLIC_DATA = [
    {
        "name": "SemEval-2017 task 4 A, training part, as in TweetEval (Rosenthal et al. 2017; Barbieri et al. 2020)",
        "licence": "terms of the task; weights only are published",
        "size": "{en} texts",
        "note": "English; validation and test parts are not used",
    },
    {
        "name": "UMSAB, training parts (Barbieri et al. 2022)",
        "licence": "Apache-2.0 and the terms of its sources; weights only are published",
        "size": "{umsab} texts in ar, de, es, fr, hi, it, pt",
        "note": "the English part is not used",
    },
    {
        "name": "SmSA of IndoNLU (Wilie et al. 2020)",
        "licence": "Apache-2.0; weights only are published",
        "size": "{id} texts",
        "note": "Indonesian",
    },
]
SOFT_DATA = {
    "name": "Soft labels of a fine-tuned encoder (see ml/distil)",
    "licence": "made for this project with all-MiniLM-L6-v2 (Apache-2.0) and the English texts above; weights only "
    "are published",
    "size": "{soft} unlabelled texts besides the labelled ones",
    "note": "English: Reddit titles (PDDL), StockNet (MIT), TweetTopic (MIT), and without stated terms the texts, not "
    "the labels, of Dong et al. 2014, TweetEval emotion, Sanders, YouTube Spam Collection and Customer Support on "
    "Twitter; each labelled text by an encoder that had not learnt from it",
}


def sentiment_card(
    models: list[LanguageModel], version: str, trained_at: str, seed: int, *, public: bool, soft: bool
) -> dict:
    """Return the card of a model of one or more languages; `public` and `soft` tell what it learnt from."""
    held_out = pd.concat(model.held_out for model in models)
    given = held_out.groupby(["source", "language"]).size()
    from_public = {language: int(size) for (source, language), size in given.items() if source != OWN}
    sizes = {
        "own": int(given.get(OWN, pd.Series([0])).sum()),
        "en": from_public.get("en", 0),
        "id": from_public.get("id", 0),
        "umsab": sum(size for language, size in from_public.items() if language not in ("en", "id")),
        "soft": sum(model.scores["soft_texts"] for model in models),
    }
    data = [*OWN_DATA, *(PUBLIC_DATA if public else []), *([SOFT_DATA] if soft else [])]
    command = "python -m ml.train" + " FOLDER" * public + " --soft FILE" * soft
    return {
        "title": "Sentiment: negative, neutral, positive",
        "model_name": "sentiment",
        "model_version": version,
        "task": "sentiment",
        "languages": [model.language for model in models],
        "trained_at": trained_at,
        "seed": seed,
        "summary": "One multinomial logistic regression a language over words, word pairs, negated words and, for "
        "words that the vocabulary does not know, parts of words; stored as weights and scored in SQL. What was "
        "learnt about parts of words and lexicon valence is folded into the weights of the words. Text in any "
        "other language is unscored.",
        "data": [{**row, "size": row["size"].format(**sizes)} for row in data],
        "scores_meaning": "Five-fold cross-validation over all labelled texts of a language; `own` and `public` are "
        "the macro recalls (mean over the classes of the share found) on the project's own posts and on the public "
        "texts alone. Calibration error is the expected calibration error (ECE) after temperature scaling, whose "
        "one number is fitted on the same held-out predictions. Soft labels took part in every fold; those of a "
        "held-out text are of an encoder that had not learnt from it, but the encoders that labelled the other "
        "texts had, so the English figure leans upwards a little. Validation does not.",
        "scores": [_scores(model) for model in models],
        "held_out_counts": {
            "rows_true_columns_predicted": ["negative", "neutral", "positive"],
            "counts": pd.crosstab(held_out["true"], held_out["predicted"]).to_numpy().tolist(),
        },
        "vocabulary_filter": (
            "Words, pairs of neighbouring words, negated words, and parts of 3 to 5 characters of words. "
            "No @handles, no $cashtags, no web addresses (a link is the one token `<url>`), nothing made of "
            "digits only. A term that stands in no lexicon must occur in at least "
            f"{MINIMUM_TEXTS} of the project's own texts or in at least {MINIMUM_PUBLIC_TEXTS} texts in all. "
            f"Terms that move no score by {FAINTEST} are left out."
        ),
        "terms": {model.language: len(model.vocabulary) for model in models},
        "known_failures": KNOWN_FAILURES,
        "reproduce": command,
    }


def _scores(model: LanguageModel) -> dict[str, object]:
    measured = model.scores
    return {
        "language": model.language,
        **{name: measured[name] for name in ("macro_recall", "macro_f1", "accuracy", "calibration_error")},
        "own": measured.get("macro_recall_own", "-"),
        "public": measured.get("macro_recall_public", "-"),
        **{name: measured[name] for name in ("texts", "soft_texts", "terms", "temperature")},
    }
