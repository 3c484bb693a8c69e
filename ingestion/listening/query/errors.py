"""How a mistake in a query is told: the column, what is wrong there, what to write instead."""

CONTEXT = 24
"""Characters of the query that are shown from the column on."""


class QuerySyntaxError(ValueError):
    """A query that cannot be read. `column` counts from 1; `hint` says what to do."""

    def __init__(self, query: str, column: int, problem: str, hint: str) -> None:
        self.query, self.column, self.problem, self.hint = query, column, problem, hint
        super().__init__(f"{self.message}. Remedy: {hint}")

    @property
    def message(self) -> str:
        """What is wrong and where, with a glimpse of the text from there on."""
        rest = " ".join(self.query[self.column - 1 :].split())
        glimpse = rest if len(rest) <= CONTEXT else rest[: CONTEXT - 1] + "…"
        where = f"column {self.column}" + (f" ({glimpse!r})" if glimpse else ", at its end")
        return f"{where}: {self.problem}"
