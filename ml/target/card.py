"""The model card of the target model."""

from ml.sentiment.sample import LABELS
from ml.target.labelled import FILE_NAME
from ml.target.training import LANGUAGE, MINIMUM_TEXTS, TargetModel

SETS = {
    "Dong et al.": (
        "Dong et al. 2014, target-dependent sentiment on Twitter, train part",
        "MIT (as distributed with ABSA-PyTorch)",
    ),
    "Sanders": ("Sanders Twitter sentiment corpus, four companies", "none stated"),
    "airlines": ("Twitter US Airline Sentiment, one tweet in four", "none stated"),
}
"""Set -> name and terms."""

KNOWN_FAILURES = [
    "Punctuation is no token: where one sentence ends and the next is about somebody else, only words tell.",
    "A target that is only referred to ('it', 'they', 'the former') is read by what stands around its name.",
    "Learnt on persons and gadgets of 2009 to 2012 and on airlines of 2015: another trade's posts may be called "
    "neutral more often than they are.",
    "Splices of two texts stand in for posts that praise one and damn another; real ones are woven closer.",
    "Comparisons without a word of comparison ('from Nordbean to Lumora, what a step') are mostly missed.",
    "The error by which shares are corrected is measured on few posts that name several targets (persons and gadgets, "
    "which count double) and on splices.",
    "A mention that is found by words near one another, or by filters, has no known place: its post's sentiment "
    "stands.",
]


def target_card(model: TargetModel, version: str, sentiment_version: str, trained_at: str, seed: int) -> dict:
    """Return the card of a model."""
    return {
        "title": "Sentiment towards the named target",
        "model_name": "target_sentiment",
        "model_version": version,
        "task": "target_sentiment",
        "languages": [LANGUAGE],
        "trained_at": trained_at,
        "seed": seed,
        "sentiment_version": sentiment_version,
        "summary": "One multinomial logistic regression over the words around a mention and the sentiment of "
        f"the places where they stand (by sentiment model `{sentiment_version}`), scored in SQL. It is asked "
        "where a post names several targets; elsewhere, and in other languages, the post's sentiment stands.",
        "data": [
            *(
                {
                    "name": SETS[name][0],
                    "licence": SETS[name][1],
                    "size": f"{items} items, {targets} targets",
                    "note": "given as a file, not shipped; names of targets are in no term",
                }
                for name, (items, targets) in model.sizes.items()
            ),
            {
                "name": "Splices of two of these texts",
                "licence": "as above",
                "size": f"up to {model.splices} items",
                "note": "joined by a turn or nothing, one text's target and label; training folds splice "
                "training texts only",
            },
        ],
        "scores_meaning": "Five-fold cross-validation with this seed; no target and no text of a fold is in the "
        "folds that its model learns from. Beside the model stands the baseline: the post's sentiment, by the "
        "same sentiment model, for every target. `python -m ml.target.evaluate FILE` scores any file of this form.",
        "scores": model.scores,
        "temperature": model.temperature,
        "labels": list(LABELS),
        "vocabulary_filter": "Tokens by the place where they stand, seen from the target: before and after, near "
        "and within the clause, and in the post; and steps of the sentiment of each place. No names: no word "
        "of a target, no word mostly written with a capital, no @handles, no $cashtags, no web addresses, "
        f"nothing made of digits only. A term must occur in at least {MINIMUM_TEXTS} labelled texts.",
        "terms": {LANGUAGE: len(model.vocabulary)},
        "known_failures": KNOWN_FAILURES,
        "reproduce": f"python -m ml.target.train FOLDER   # a folder with {FILE_NAME} and so on",
    }
