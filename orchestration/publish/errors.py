"""What can go wrong around releases; every message ends with a remedy."""


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
