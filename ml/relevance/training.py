"""Relevance weights: how much more often a feature stands in what goes with an entity than in its counter-examples.

A naive Bayes model with Bernoulli features and equal priors, of which only the features that are there are
counted, so that it is linear and explained by the words of a post. With P and N examples for and against, of which
p and n hold a feature, its weight is

    log((p + 1/2) / (P + 1)) - log((n + 1/2) / (N + 1))

the difference of two log-odds with Jeffreys' prior (Murphy, Machine Learning, 2012, section 3.5). A few dozen
examples are enough, and none of it is iterative: the same examples give the same weights on any machine.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping

import pandas as pd

from ml.features import INTERCEPT, features
from ml.tokens import token_lists
from ml.weights import DECIMALS, NANO

LABEL = "relevant"
PRIOR = 0.5


def relevance_weights(examples: pd.DataFrame, own_terms: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """Return one row per entity and feature: entity_id, term, weight_nano (log-odds x 1e9), in a fixed order.

    `examples` has the columns entity_id, text and is_relevant. `own_terms` holds, by entity, the terms that every
    one of its posts holds anyway: they tell nothing and are no feature. The term '' is the intercept, 0.
    Raises ValueError for an entity with examples of one kind only.
    """
    tokens = token_lists(examples["text"])
    own = {
        entity: {token for cut in token_lists(terms) for token in cut} for entity, terms in own_terms.items()
    }
    held: dict[tuple[str, bool], Counter] = {}
    sizes: Counter = Counter()
    for entity, is_relevant, cut in zip(examples["entity_id"], examples["is_relevant"], tokens, strict=True):
        told = [term for term in features(cut) if not set(term.split(" ")) & own.get(entity, set())]
        held.setdefault((entity, bool(is_relevant)), Counter()).update(told)
        sizes[entity, bool(is_relevant)] += 1
    rows = []
    for entity in sorted({entity for entity, _ in sizes}):
        if not (sizes[entity, True] and sizes[entity, False]):
            raise ValueError(f"{entity} has examples of one kind only; a model needs both")
        rows.append((entity, INTERCEPT, 0))
        for term in sorted(held[entity, True] | held[entity, False]):
            weight = _log_odds(held[entity, True][term], sizes[entity, True]) - _log_odds(
                held[entity, False][term], sizes[entity, False]
            )
            rows.append((entity, term, round(round(weight, DECIMALS) * NANO)))
    return pd.DataFrame(rows, columns=["entity_id", "term", "weight_nano"])


def _log_odds(count: int, size: int) -> float:
    return math.log((count + PRIOR) / (size + 2 * PRIOR))
