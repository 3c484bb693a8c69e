"""Three-class sentiment: the training data that ships with the project, and how it is learnt from."""
