"""What can go wrong around releases; every message ends with a remedy."""

WRITE_ANEW = (
    "Remedy: check the disk; then remove days.json from the folder of the current release: "
    "the next one is written anew instead of made from it."
)
"""For errors of a previous release, which every following one would be made from."""


class PublishError(Exception):
    """A release could not be built, found or activated; the previous one is still in place."""


class GateFailed(PublishError):
    """A blocking check failed: nothing was published, the previous release is still in place."""


class WarehouseBusy(PublishError):
    """Another process is writing the warehouse."""


class NoRelease(PublishError):
    """Nothing has been published yet."""


class QueryError(Exception):
    """A query on the published release was refused or failed."""
