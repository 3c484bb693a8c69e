"""`listenhouse promote`: let another model version take over, or go back."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, GATE_FAILED, fail, told

EXAMPLES = """Examples:

- `listenhouse promote 3f2a` shows what `listenhouse challenge 3f2a` shows, then the version takes over
- `listenhouse promote folder/of/a/version --model topics --unjudged`
- `listenhouse promote --back` goes back to the version before
- `listenhouse promote --history` lists versions and promotions

The next run scores the whole history by the new version. Who promoted what, when and on what figures stands in the
warehouse's ml.model_registry.
"""


@told
def promote(
    version: Annotated[
        str | None, typer.Argument(help="A version, or a folder that holds one.", show_default=False)
    ] = None,
    model: Annotated[str, typer.Option(help="sentiment or topics.")] = "sentiment",
    gold: Annotated[
        Path | None, typer.Option(help="CSV file of labelled texts to judge by, too.", show_default=False)
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who decides; by default your user name.", show_default=False)
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="Go back to the version before.")] = False,
    unjudged: Annotated[
        bool, typer.Option("--unjudged", help="Promote a model without gold labels.")
    ] = False,
    history: Annotated[
        bool, typer.Option("--history", help="List versions and promotions; change nothing.")
    ] = False,
) -> None:
    """Show what a version would change, and make it the current one unless gold labels speak against it.

    A challenger that is worse on the gold labels beyond noise is refused (exit code 3). Going back is always
    possible and is recorded, too.
    """
    from getpass import getuser

    from ingestion.home import Home
    from ml.promotions import BACK, PROMOTE, find_version, previous_version, take_over
    from ml.registry import current_model

    if (version is not None) + back + history != 1:
        fail("Say which version. Remedy: name one, or give --back or --history.", BAD_INPUT)
    home = Home.find()
    if history:
        _show_history(home.models, model)
        return
    who = by or getuser()
    if back:
        earlier = find_version(model, previous_version(home.models, model), home.models)
        done = take_over(home.models, earlier, action=BACK, by=who, figures={})
        typer.echo(
            f"{model} {done.model_version} is current again, in place of {done.previous_version}. {_NEXT}"
        )
        return
    from orchestration.cli.challenge import refusal, show_challenge
    from orchestration.promotion.challenge import challenge

    wanted = find_version(model, version, home.models)
    if wanted.version == current_model(model, home.models).version:
        fail(f"{model} {wanted.version} is current already. Remedy: none is needed.", BAD_INPUT)
    found = challenge(home, model, version, gold_file=gold)
    show_challenge(found, everything=False, marts=False)
    if found.refusals:
        fail(f"Refused: {refusal(found)}", GATE_FAILED)
    if not found.rulings and not unjudged:
        fail(
            f"Refused: there are no gold labels for {model}. Remedy: look at the figures above; if they are what you "
            "want, add --unjudged.",
            GATE_FAILED,
        )
    done = take_over(home.models, found.challenger, action=PROMOTE, by=who, figures=found.figures)
    if model == "sentiment":
        from orchestration.labelling.gold import measure_own_error

        typer.echo(measure_own_error(home, find_version(model, done.model_version, home.models)))
    typer.echo(
        f"{model} {done.model_version} took over from {done.previous_version}, promoted by {who}. {_NEXT}"
    )


_NEXT = "The next run scores history by it."


def _show_history(folder: Path, model: str) -> None:
    from ml.promotions import promotions
    from ml.registry import list_models
    from orchestration.cli.tables import show_table

    versions = [one for one in list_models(folder) if one.name == model]
    if not versions:
        fail(f"There is no model {model!r}. Remedy: name sentiment or topics.", BAD_INPUT)
    show_table(
        ["version", "current", "trained", "languages"],
        [
            (one.version, one.is_current, one.card["trained_at"][:10], ", ".join(one.card["languages"]))
            for one in versions
        ],
        title=f"Versions of {model}",
    )
    show_table(
        ["when", "who", "what", "version", "in place of", "macro recall", "before"],
        [
            (one.promoted_at, one.promoted_by, one.action, one.model_version, one.previous_version, *_recalls(one))
            for one in promotions(folder, model)
        ],
        title="Promotions, oldest first",
    )  # fmt: skip


def _recalls(done: object) -> tuple[float | None, float | None]:
    deciding = [gold for gold in done.figures.get("gold", []) if gold["decides"]]
    return (deciding[0]["challenger"], deciding[0]["champion"]) if deciding else (None, None)
