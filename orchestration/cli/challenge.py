"""`listenhouse challenge`: what would become of every figure if another model version took over?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import told

if TYPE_CHECKING:
    from orchestration.promotion.challenge import Challenge

EXAMPLES = """Examples:

- `listenhouse challenge 3f2a` tries a version of the registry, named by its first letters
- `listenhouse challenge folder/of/a/version --model topics`
- `listenhouse challenge 3f2a --gold labels.csv --marts` judges by further labels (columns text, label, language)

Labels decide by macro recall: a challenger is worse if the 95% interval of the difference lies below 0 (paired
bootstrap over texts). A figure moves clearly if the two versions' 95% intervals part.
"""


@told
def challenge(
    version: Annotated[
        str, typer.Argument(help="A version, or a folder with weights.parquet and card.json.")
    ],
    model: Annotated[str, typer.Option(help="sentiment or topics.")] = "sentiment",
    gold: Annotated[
        Path | None, typer.Option(help="CSV file of labelled texts to judge by, too.", show_default=False)
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also list the figures that would not move.")
    ] = False,
    marts: Annotated[
        bool, typer.Option("--marts", help="Also count the rows of each mart that differ.")
    ] = False,
) -> None:
    """Score history with another model version and compare everything that is published.

    The warehouse is only read; nothing is changed. `listenhouse promote` shows the same and then decides.
    """
    from ingestion.home import Home
    from orchestration.promotion.challenge import challenge as tried

    found = tried(Home.find(), model, version, gold_file=gold)
    show_challenge(found, everything=everything, marts=marts)
    typer.echo(_verdict(found))


def show_challenge(found: "Challenge", *, everything: bool, marts: bool) -> None:
    """Print what a challenge found."""
    from orchestration.cli.tables import show_table

    effect = found.effect
    share = f" ({effect.relabelled / effect.posts:.1%})" if effect.posts else ""
    typer.echo(
        f"{found.challenger.name}: champion {found.champion.version}, challenger {found.challenger.version}; "
        f"{effect.relabelled:,} of {effect.posts:,} scored posts are labelled otherwise{share}."
    )
    if found.rulings:
        show_table(
            ["gold labels", "texts", "champion", "challenger", "difference", "from", "to", "only champion right",
             "only challenger right", "decides"],
            [
                (r.gold, j.texts, j.champion, j.challenger, j.difference, j.low, j.high, j.only_champion_right,
                 j.only_challenger_right, r.decides)
                for r in found.rulings
                for j in (r.judgement,)
            ],
            title="Macro recall on labelled texts, with the 95% interval of the difference",
        )  # fmt: skip
    shown = [kpi for kpi in effect.kpis if everything or kpi.champion != kpi.challenger]
    if shown:
        show_table(
            ["KPI", "entity", "champion", "challenger", "difference", "clear", "rests on"],
            [
                (k.kpi, k.entity_id, k.champion, k.challenger, k.difference, k.is_clear, k.sample_size)
                for k in shown
            ],
            title="Published figures",
        )
    still = len(effect.kpis) - len([kpi for kpi in effect.kpis if kpi.champion != kpi.challenger])
    typer.echo(f"{still:,} of {len(effect.kpis):,} published figures do not move.")
    if marts:
        show_table(
            ["mart", "rows", "rows that differ"],
            [(m.name, m.rows, m.changed) for m in effect.marts],
            title="Marts",
        )


def _verdict(found: "Challenge") -> str:
    if found.refusals:
        return "It would be refused: " + refusal(found)
    if not found.rulings:
        return f"There are no gold labels for {found.challenger.name}: it can only be promoted --unjudged."
    return f"It may take over: listenhouse promote {found.challenger.version} --model {found.challenger.name}"


def refusal(found: "Challenge") -> str:
    """Return why a challenger is refused, with a remedy."""
    worst, judged = found.refusals[0].gold, found.refusals[0].judgement
    return (
        f"on {worst} the challenger {found.challenger.version} is worse by {-judged.difference:.3f} macro recall "
        f"({-judged.high:.3f} to {-judged.low:.3f}). Remedy: train it on more labels, or keep "
        f"{found.champion.version}."
    )
