"""The relevance models of listening.yml: trained where its rows are made, on its examples, within milliseconds."""

import pyarrow as pa

from ingestion.listening import Listening
from ingestion.listening.query.entities import entity_tree
from ingestion.listening.query.tree import Near, Term, leaves

RELEVANCE_WEIGHTS = pa.schema(
    {"language": pa.string(), "label": pa.string(), "term": pa.string(), "weight_nano": pa.int64()}
)
"""As the weights of other linear models; what stands for the language is the entity."""


def relevance_table(listening: Listening) -> pa.Table:
    """Return the table `listening.relevance_weights`: one row per entity with examples and feature."""
    judged = {entity.id: entity for _, entity in listening.entities() if entity.relevance is not None}
    if not judged:
        return RELEVANCE_WEIGHTS.empty_table()
    import pandas as pd

    from ml.relevance import LABEL, relevance_weights

    examples = pd.DataFrame(
        [
            (name, text, is_relevant)
            for name, entity in judged.items()
            for is_relevant, texts in (
                (True, entity.relevance.context),
                (False, entity.relevance.counter_examples),
            )
            for text in texts
        ],
        columns=["entity_id", "text", "is_relevant"],
    )
    weights = relevance_weights(examples, {name: _own_words(entity) for name, entity in judged.items()})
    columns = [weights["entity_id"], [LABEL] * len(weights), weights["term"], weights["weight_nano"]]
    return pa.table(
        [pa.array(c, f.type) for c, f in zip(columns, RELEVANCE_WEIGHTS, strict=True)], RELEVANCE_WEIGHTS
    )


def _own_words(entity) -> list[str]:
    """Return the words that a query looks for: nearly every post that it finds holds some."""
    terms = []
    for leaf in leaves(entity_tree(entity)):
        for term in (*leaf.left, *leaf.right) if isinstance(leaf, Near) else (leaf,):
            if isinstance(term, Term):
                terms += [part.text for part in term.parts]
    return terms
