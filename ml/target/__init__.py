"""Sentiment towards the named target: one linear model over what stands around a mention."""
