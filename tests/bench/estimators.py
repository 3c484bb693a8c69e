"""The yardstick of scoring: scikit-learn estimators with the stored weights."""

import numpy as np
import pyarrow as pa


def stored_estimator(weights: pa.Table, language: str) -> tuple[list[str], object]:
    """Return the vocabulary and the estimator of one language of a weight table, labels in order of their names."""
    from sklearn.linear_model import LogisticRegression

    from ml.weights import language_estimator

    labels = sorted(set(weights["label"].to_pylist()))
    vocabulary, coefficients, intercepts = language_estimator(weights, language, labels)
    estimator = LogisticRegression()
    estimator.classes_, estimator.n_features_in_ = np.array(labels), len(vocabulary)
    estimator.coef_, estimator.intercept_ = coefficients, intercepts
    return vocabulary, estimator
