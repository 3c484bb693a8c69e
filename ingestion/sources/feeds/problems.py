"""What is no feed."""


class NoFeed(Exception):
    """Bytes from which no feed can be read. `reason` is a quarantine code."""

    def __init__(self, reason: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.remedy = remedy
