"""What can be wrong with a transformer or its input."""


class TransformerError(ValueError):
    """A model, file or option that cannot be used; the message says which and what to do."""
