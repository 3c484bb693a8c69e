"""The model card of the topic model."""

from ml.cards import vocabulary_filter
from ml.topics.taxonomy import Taxonomy
from ml.topics.training import MINIMUM_TEXTS, TopicModel

KNOWN_FAILURES = [
    "Words in a figure of speech count as literal ('fire' in praise of music).",
    "A topic that is only implied, without one of its words, is missed.",
    "Purchase intent and feature requests share words with questions and are the least sure.",
]


def topics_card(model: TopicModel, taxonomy: Taxonomy, version: str, trained_at: str, seed: int) -> dict:
    """Return the card of a model of `taxonomy`."""
    return {
        "title": "Topics of brand posts",
        "model_name": "topics",
        "model_version": version,
        "task": "topics",
        "languages": sorted(taxonomy.languages),
        "trained_at": trained_at,
        "seed": seed,
        "summary": f"{len(model.topics)} yes-or-no questions a post, one logistic regression each, stored as "
        "weights and scored in SQL. A post may have several topics or none.",
        "data": [
            {
                "name": "Topic taxonomy",
                "licence": "that of its author; Apache-2.0 as shipped",
                "size": f"{model.summary['texts']} texts",
                "note": "seed terms, examples, counter-examples and background of taxonomy.yml",
            },
        ],
        "scores_meaning": "Five-fold cross-validation on the taxonomy's own examples. The seed terms come "
        "from the same hand, so expect less on real posts. "
        f"Over all topics: macro F1 {model.summary['macro_f1']}, expected calibration error (ECE) "
        f"{model.summary['calibration_error']}.",
        "scores": [{"topic": name, **score} for name, score in model.scores.items()],
        "summary_scores": model.summary,
        "vocabulary_filter": vocabulary_filter(MINIMUM_TEXTS),
        "terms": {language: len(terms) for language, terms in model.vocabularies.items()},
        "known_failures": KNOWN_FAILURES,
        "reproduce": "python -m ml.train",
    }
