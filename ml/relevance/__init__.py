"""Is the brand meant, or something that is called alike? One small linear model an entity, from its examples."""

from ml.relevance.training import LABEL, relevance_weights

__all__ = ["LABEL", "relevance_weights"]
