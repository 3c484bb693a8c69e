"""How large a query may be: what keeps one query from costing as much as all others together."""

MAX_LENGTH = 10_000
"""Characters of a query."""
MAX_DEPTH = 20
"""Parentheses inside one another, NOT included."""
MAX_LEAVES = 1_000
"""Words, phrases and filters of a query, each counted where it stands."""
MAX_CLAUSES = 100
"""Alternatives that remain when a query is written as OR of ANDs of any-of groups."""
MAX_DISTANCE = 100
"""Words between the two sides of NEAR."""
MAX_PHRASE_WORDS = 20
MIN_PREFIX = 2
"""Letters before a wildcard: one letter would match a good part of every language."""
