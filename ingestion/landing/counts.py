"""What became of everything received: received = accepted + duplicate + quarantined + deleted."""

from dataclasses import dataclass, fields


@dataclass
class Counts:
    """Items of one unit, resource or run. `deleted` are tombstones, which land too."""

    received: int = 0
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    deleted: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def landed(self) -> int:
        """Rows written to the resource's table."""
        return self.accepted + self.deleted

    @property
    def balanced(self) -> bool:
        """Whether everything received is accounted for."""
        return self.received == self.accepted + self.duplicate + self.quarantined + self.deleted
