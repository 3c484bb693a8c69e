"""Single-choice models from labelled texts: emotion, spam, and whatever users label themselves."""
