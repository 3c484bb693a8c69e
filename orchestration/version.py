"""Which code made a release."""

from importlib.metadata import version

from ingestion.listening import Listening
from orchestration.transform_state import transform_hash


def code_version(listening: Listening) -> str:
    """Return the package's version and the hash of the transformation: `0.1.0+3f2a...`."""
    return f"{version('listenhouse')}+{transform_hash(listening)}"
