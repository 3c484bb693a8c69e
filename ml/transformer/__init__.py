"""Any transformer that classifies sequences, as a scorer beside the weights that are scored in SQL.

It needs the extra `transformer` (`pip install 'listenhouse[transformer]'`); importing this package does not.
"""

from ml.transformer.errors import TransformerError
from ml.transformer.scores import POST_SCORES_SCHEMA, ScoreFolder, read_scores

__all__ = ["POST_SCORES_SCHEMA", "ScoreFolder", "TransformerError", "read_scores"]
