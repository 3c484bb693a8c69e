"""What every part of a visit has at hand: the network, what is remembered of it, and where its items land."""

from dataclasses import dataclass
from datetime import datetime

from ingestion.http import HttpClient
from ingestion.landing import POSTS, Contract, Landing
from ingestion.landing.back_fill import BackFill
from ingestion.network.credentials import shown
from ingestion.network.memory import Memory
from ingestion.network.network import Network, Stream


@dataclass(frozen=True)
class Occasion:
    """One visit of one network: a run or, with a `back_fill`, the reading of a stretch of the past."""

    network: Network
    landing: Landing
    memory: Memory
    http: HttpClient
    now: datetime
    """When the visit began (UTC)."""

    @property
    def name(self) -> str:
        """The name of the source."""
        return self.network.declaration.name

    @property
    def back_fill(self) -> BackFill | None:
        """What is asked for of the past; None in a run."""
        return self.landing.back_fill

    def contract_of(self, stream: Stream) -> Contract:
        """Return what the items of a stream land under."""
        return stream.contract or self.network.contract

    def is_followed(self, contract: Contract) -> bool:
        """Whether items of a contract are remembered one by one, looked up, and kept deleted."""
        return contract is self.network.contract and contract is POSTS

    def note(self, message: str, of: Stream | None = None) -> None:
        """Have a message stand in `landings`: of a stream, or of the source as a whole."""
        stream = of or Stream(self.name)
        self.landing.note(self.contract_of(stream), unit=stream.name, message=message)

    def safe(self, message: str) -> str:
        """Return a message without the credentials."""
        return shown(message, self.network.secrets)
