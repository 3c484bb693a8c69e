"""A challenge as a whole: which versions, what the labels say, what would become of every figure."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ingestion.home import Home
from ml.promotions import PromotionError, find_version
from ml.registry import Model, list_models
from orchestration.promotion.effect import Effect, effect_of
from orchestration.promotion.verdict import Ruling, rule


@dataclass(frozen=True)
class Challenge:
    """What is known of a challenger before it takes over."""

    champion: Model
    challenger: Model
    rulings: list[Ruling]
    effect: Effect

    @property
    def refusals(self) -> list[Ruling]:
        return [ruling for ruling in self.rulings if ruling.refuses]

    @property
    def figures(self) -> dict[str, Any]:
        """What goes into the registry: what every set of labels says, and every KPI that would move."""
        moved = [asdict(kpi) for kpi in self.effect.kpis if kpi.champion != kpi.challenger]
        return {
            "champion": self.champion.version,
            "gold": [{"gold": r.gold, "decides": r.decides, **asdict(r.judgement)} for r in self.rulings],
            "posts": self.effect.posts,
            "relabelled": self.effect.relabelled,
            "kpis": moved,
        }


def challenge(home: Home, name: str, wanted: str, *, gold_file: Path | None) -> Challenge:
    """Try a version (its name or its folder) against the one that scored the warehouse.

    Raises PromotionError, WeightsError, LabellingError, NoRelease, WarehouseBusy.
    """
    challenger = find_version(name, wanted, home.models)
    effect = effect_of(home, challenger)
    champions = [
        model for model in list_models(home.models) if (model.name, model.version) == (name, effect.champion)
    ]
    if not champions:
        raise PromotionError(
            f"The warehouse was scored by {name} {effect.champion}, which is no longer in {home.models}. Remedy:"
            " listenhouse run scores history by the current version; then challenge that."
        )
    return Challenge(champions[0], challenger, rule(home, champions[0], challenger, gold_file), effect)
