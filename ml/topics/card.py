"""The model card of the topic model."""

from ml.cards import vocabulary_filter
from ml.topics.taxonomy import Taxonomy
from ml.topics.training import MINIMUM_TEXTS, TopicModel

KNOWN_FAILURES = [
    "Words in a figure of speech count as literal ('fire' in praise of music).",
    "A topic that is only implied, without one of its words, is missed.",
    "Purchase intent and feature requests share words with questions and are the least sure.",
]


OWN_EXAMPLES = (
    "Five-fold cross-validation on the taxonomy's own examples. The seed terms come from the same hand, so expect less "
    "on real posts."
)
OWN_LABELS = "Five-fold cross-validation on the user's labelled posts."


def topics_card(
    model: TopicModel,
    taxonomy: Taxonomy,
    version: str,
    trained_at: str,
    seed: int,
    source: str | None = None,
) -> dict:
    """Return the card of a model of `taxonomy`; `source` names the file of labelled posts, if there was one."""
    labelled = {
        "name": source,
        "licence": "the user's own",
        "size": f"{model.summary['texts']} texts",
        "note": "labels",
    }
    return {
        "title": "Topics of brand posts",
        "model_name": "topics",
        "model_version": version,
        "task": "topics",
        "languages": sorted(taxonomy.languages),
        "trained_at": trained_at,
        "seed": seed,
        "summary": f"{len(model.topics)} yes-or-no questions a post, one logistic regression each, stored as "
        "weights and scored in SQL. A post may have several topics or none. Below a topic's threshold lies a band, "
        "from `unsure_from` on, in which the model is unsure: people should look.",
        "data": [
            {
                "name": "Topic taxonomy",
                "licence": "that of its author; Apache-2.0 as shipped",
                "size": f"{len(taxonomy.topics)} topics" if source else f"{model.summary['texts']} texts",
                "note": "seed terms, examples, counter-examples and background of taxonomy.yml",
            },
            *([labelled] if source else []),
        ],
        "scores_meaning": (OWN_LABELS if source else OWN_EXAMPLES)
        + f" Over all topics: macro F1 {model.summary['macro_f1']}, expected calibration error (ECE) "
        f"{model.summary['calibration_error']}; {model.summary['unsure']:.0%} of the texts lie in the band of a topic.",
        "unsure_from": model.unsure_from,
        "scores": [{"topic": name, **score} for name, score in model.scores.items()],
        "summary_scores": model.summary,
        "vocabulary_filter": vocabulary_filter(MINIMUM_TEXTS),
        "terms": {language: len(terms) for language, terms in model.vocabularies.items()},
        "known_failures": KNOWN_FAILURES,
        "reproduce": f"listenhouse train --task topic {source}" if source else "python -m ml.train",
    }
