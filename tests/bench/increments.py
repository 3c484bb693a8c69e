"""A day of new posts on top of a large warehouse, against the same day on a small one.

What grows with the history is found by taking off what every run costs: a run that finds nothing new, on the
same warehouse. The very first run of a warehouse also creates its tables; so the fairer baseline is the same
day on a warehouse that holds one other day.
"""

from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.processes import Cost
from tests.bench.road import Road


@dataclass
class Increments:
    """Costs of each kind of run, one for each repeat."""

    posts: int
    big_idle: list[Cost] = field(default_factory=list)
    big: list[Cost] = field(default_factory=list)
    empty: list[Cost] = field(default_factory=list)
    small_idle: list[Cost] = field(default_factory=list)
    small: list[Cost] = field(default_factory=list)

    def ratio(self, baseline: str, what: str = "wall") -> float | None:
        """Return (big - idle on big) / (baseline - idle on small) of the medians, None if meaningless.

        `baseline` is `empty` or `small`, `what` is `wall` or `cpu`.
        """

        def middle(costs: list[Cost]) -> float:
            return median(getattr(cost, what) for cost in costs)

        over = middle(self.big) - middle(self.big_idle)
        base = middle(getattr(self, baseline)) - middle(self.small_idle)
        return over / base if base > 0 else None

    def as_json(self) -> dict:
        """Return all raw times and both ratios."""
        kinds = ("big_idle", "big", "empty", "small_idle", "small")
        ratios = {
            f"ratio_{what}_over_{baseline}": self.ratio(baseline, what)
            for baseline in ("empty", "small")
            for what in ("wall", "cpu")
        }
        runs = {kind: [cost.as_json() for cost in getattr(self, kind)] for kind in kinds}
        return {"posts": self.posts, **ratios, "runs": runs}


def measure_increments(big: Road, days: list[Path], posts: int, folder: Path) -> Increments:
    """Run the days' files through the big road and through small ones; `days[0]` makes the small warehouse.

    Every other file is one repeat.
    """
    found = Increments(posts)
    first, *others = days
    for number in range(len(others)):
        small = Road(folder / f"small_{number}")
        small.give(first)
        found.empty.append(small.run().cost)
    for day in others:
        found.small_idle.append(small.run().cost)
        small.give(day)
        found.small.append(small.run().cost)
    for day in others:
        found.big_idle.append(big.run().cost)
        big.give(day)
        found.big.append(big.run().cost)
    return found
