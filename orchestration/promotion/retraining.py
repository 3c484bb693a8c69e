"""What becomes of a freshly trained version: it takes over unless labels, or a person, have decided against it."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingestion.home import Home
from ml.promotions import PROMOTE, find_version, keep_version, promotions, take_over
from ml.registry import SHIPPED, current_model, version_in
from ml.train import Trained
from orchestration.promotion.verdict import rule

BY = "retraining"


@dataclass(frozen=True)
class Outcome:
    """What was trained, and what came of it in a sentence."""

    trained: Trained
    is_current: bool
    told: str


def retrain(home: Home, name: str, train: Callable[[Path], Trained]) -> Outcome:
    """Train a model aside, judge it on gold labels, and let it take over or keep it beside the current version.

    A version that somebody went back from does not come again by itself, nor does the one that ships: it has learnt
    nothing that the current one did not build upon. A model without gold labels, such as topics,
    is what its taxonomy says, so it takes over unjudged.
    """
    home.models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".training-", dir=home.models) as aside:
        trained = train(Path(aside))
        champion = current_model(name, home.models)
        if trained.version == champion.version:
            return Outcome(trained, True, "It is the current version already.")
        if trained.version == version_in(SHIPPED / name):
            return Outcome(trained, False, f"It is what ships: {champion.version} stays the current version.")
        challenger = find_version(name, str(Path(aside) / name / trained.version), home.models)
        keep_version(home.models, challenger)
        if any(one.model_version == trained.version for one in promotions(home.models, name)):
            return Outcome(trained, False, "Somebody went back from this version: it is kept, not used.")
        rulings = rule(home, champion, challenger, None)
        refusals = [ruling for ruling in rulings if ruling.refuses]
        if refusals:
            worse = -refusals[0].judgement.difference
            return Outcome(
                trained,
                False,
                f"It is worse on {refusals[0].gold} by {worse:.3f} macro recall: it is kept, not used.",
            )
        figures = {"gold": [{"gold": r.gold, "decides": r.decides, **vars(r.judgement)} for r in rulings]}
        take_over(home.models, challenger, action=PROMOTE, by=BY, figures=figures)
        return Outcome(trained, True, f"It took over from {champion.version}; the next run scores by it.")
