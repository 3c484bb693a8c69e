"""Asks a network with manners: within its quota, with its credentials, and no more once it wants to be left alone."""

from datetime import timedelta

from ingestion.http import Answer, HttpError
from ingestion.network.network import Ask, Page
from ingestion.network.occasion import Occasion
from ingestion.network.shapes import SHAPE_ERRORS

LONGEST_WAIT_S = 60.0
"""Seconds that a run waits where an answer asks for it; more is left to a later run."""


class Stop(Exception):
    """This visit asks this network no more; the message says why."""


class Asking:
    """The way to the server. What ends the visit raises Stop, after the reason has been told."""

    def __init__(self, occasion: Occasion) -> None:
        self._occasion = occasion
        self._network = occasion.network
        self._memory = occasion.memory
        self._http = occasion.http

    def get(self, ask: Ask) -> Answer:
        """Return the answer. Raises Stop, and HttpError for what may concern this request alone."""
        settings = self._network.settings
        if not self._memory.spend(ask.cost, self._occasion.now, settings.daily_units):
            raise self.end("the daily quota is spent: the next day goes on")
        headers = self._credentials()
        url = ask.url(settings.base_url)
        try:
            if ask.posted:
                return self._http.post(url, ask.body, {**headers, "Content-Type": "application/json"})
            return self._http.get(url, headers=headers, hidden=self._network.hidden_for(ask))
        except HttpError as error:
            self._memory.retry_at = error.retry_at or self._memory.retry_at
            if error.retry_at or error.reason == "host_closed":
                raise self.end(self._occasion.safe(str(error))) from error
            raise

    def heed(self, error: HttpError) -> None:
        """Raise Stop where an error asks to wait, or refuses the credentials."""
        wait_s = self._network.wait_asked_by(error)
        if wait_s is not None:
            raise self._left_alone_for(wait_s) from error
        if self._network.is_refused(error):
            # One private item may be refused; what matters is told either way, and the next run asks again.
            raise self.end(
                f"{error.detail}: the network refuses the credentials or the permission; "
                f"listenhouse sources test {self._occasion.name} tells more"
            ) from error

    def obey(self, page: Page) -> None:
        """Wait where a page asks for it. Raises Stop where that is too long, or the quota is used up."""
        if page.quota_left is not None:
            self._occasion.landing.quota["left"] = page.quota_left
            if page.quota_left <= 0:
                raise self.end("the quota is used up: a later run goes on")
        if page.wait_s > LONGEST_WAIT_S:
            raise self._left_alone_for(page.wait_s)
        if page.wait_s > 0:
            self._http.clock.sleep(page.wait_s)

    def come_back_in(self, seconds: float) -> None:
        """Remember that no run is to ask before so many seconds are over."""
        self._memory.retry_at = self._http.clock.now() + timedelta(seconds=seconds)

    def end(self, message: str) -> Stop:
        """Tell why this visit asks no more, and return what ends it."""
        self._occasion.note(message)
        return Stop(message)

    def _left_alone_for(self, seconds: float) -> Stop:
        self.come_back_in(seconds)
        return self.end(f"asks to wait {seconds:g} s: a later run goes on")

    def _credentials(self) -> dict[str, str]:
        try:
            return self._network.headers(self._http)
        except SHAPE_ERRORS as error:
            raise self.end(f"the answer to the login holds no token ({type(error).__name__})") from error
        except HttpError as error:
            self._memory.retry_at = error.retry_at or self._memory.retry_at
            raise self.end(self._occasion.safe(f"no login: {error}")) from error
