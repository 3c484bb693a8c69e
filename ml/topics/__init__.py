"""Topics of brand posts: the taxonomy that an analyst edits, and the model learnt from it."""
