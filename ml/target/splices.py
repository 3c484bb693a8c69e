"""Texts about two targets made of texts about one: labelled texts hardly ever praise one and damn another."""

import numpy as np
import pandas as pd

JOINTS = (["but"], ["while"], ["and"], ["however"], ["vs"], [], [])
"""Words between two texts; none where one sentence follows the other."""

LONGEST = 25
"""Longer texts are not spliced: posts that compare are short."""


def spliced(items: pd.DataFrame, groups: np.ndarray, size: int, seed: int) -> pd.DataFrame:
    """Return about `size` items of two texts of different groups, the one's target, and the one's label.

    `items` as of `read_labelled`. Column `differs` tells whether the other text's label is another one.
    """
    draw = np.random.RandomState(seed)
    short = np.flatnonzero(items["tokens"].map(len).to_numpy() <= LONGEST)
    rows = []
    for _ in range(size if len(short) > 1 else 0):
        first, second = draw.choice(short, 2, replace=False)
        joint, begins = JOINTS[draw.randint(len(JOINTS))], draw.rand() < 0.5
        if groups[first] != groups[second]:
            rows.append(_spliced(items.iloc[first], items.iloc[second], joint, begins))
    columns = ["label", "tokens", "own_positions", "other_positions", "differs"]
    return pd.DataFrame(rows, columns=columns)


def _spliced(own: pd.Series, other: pd.Series, joint: list[str], begins: bool) -> tuple:
    """Return label, tokens, positions and `differs` of one splice; `begins` where the own text does."""
    parts = (own["tokens"], joint, other["tokens"]) if begins else (other["tokens"], joint, own["tokens"])
    behind = len(parts[0]) + len(joint)
    own_shift, other_shift = (0, behind) if begins else (behind, 0)
    others = [place + own_shift for place in own["other_positions"]]
    others += [place + other_shift for place in other["own_positions"] + other["other_positions"]]
    return (
        own["label"],
        [token for part in parts for token in part],
        [place + own_shift for place in own["own_positions"]],
        sorted(others),
        own["label"] != other["label"],
    )
