"""Memory that landing and checking have freed, but that their allocators keep for themselves."""

import ctypes
import gc
import sys


def give_back_memory() -> None:
    """Return freed memory to the machine, before another process (dbt) needs as much again.

    Where the C library cannot be asked (anything but glibc on Linux) Arrow's part alone is returned.
    """
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
