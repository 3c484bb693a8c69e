"""Lets clients reach the test servers of this machine: behind a proxy, they would ask it for 127.0.0.1."""

import os


class NoProxy:
    """From creation until `close`, what clients read of the environment exempts 127.0.0.1 from proxies."""

    def __init__(self) -> None:
        self._before = os.environ.get("no_proxy")
        os.environ["no_proxy"] = "127.0.0.1"

    def close(self) -> None:
        """Put back what was there before."""
        if self._before is None:
            os.environ.pop("no_proxy", None)
        else:
            os.environ["no_proxy"] = self._before
