"""Heavy imports that the later steps of a run need, while the first ones leave a core idle.

Landing spends most of its time outside Python, on one core. Nothing here decides anything: an import that
fails, fails again in the step that needs it, with that step's error.
"""

import threading
from functools import cache


@cache
def warm_up() -> None:
    """Start importing what the checks need, once a process; return at once."""
    threading.Thread(target=_import_great_expectations, name="warm-up", daemon=True).start()


def _import_great_expectations() -> None:
    import great_expectations.expectations  # noqa: F401
