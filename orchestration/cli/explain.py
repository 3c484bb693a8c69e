"""`listenhouse explain`: why did a post get its score?"""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    from orchestration.explain import Explained

EXAMPLES = """Examples:

- `listenhouse explain demo:1042`
- `listenhouse explain demo:1042 --model topics --terms 3`

Amounts are logits: what a term adds to a label's score, for sentiment less its mean over the three labels.
All amounts of a label, with its start, sum to its score; the label with the highest score wins. `not good` is two
words side by side, `!good` is good soon after a negation, `~oods` a part of words that the model does not know.
"""


class Model(StrEnum):
    """A model whose scores stand in the marts."""

    sentiment = "sentiment"
    topics = "topics"


@told
def explain(
    post_key: Annotated[str, typer.Argument(help="A post_key, as in fct_posts.")],
    model: Annotated[Model, typer.Option(help="Whose score to explain.")] = Model.sentiment,
    terms: Annotated[int, typer.Option(min=1, help="Terms to show for and against each label.")] = 8,
) -> None:
    """Show which words of a published post weighed for and against each label.

    The very weights and features of the scoring are told, by the model version that scored the post. Reads the
    published release only. Of topics those are shown for which some term speaks.
    """
    from ingestion.home import Home
    from orchestration.explain import NotExplained, explain_post

    try:
        found = explain_post(Home.find(), post_key, model.value)
    except NotExplained as error:
        fail(str(error), BAD_INPUT)
    _show(post_key, found, terms)


def _show(post_key: str, found: "Explained", most: int) -> None:
    from ml.explain import strongest
    from orchestration.cli.tables import plain, show_table

    typer.echo(
        f"{plain(post_key)}  {found.posted_at:%Y-%m-%d %H:%M}  {plain(found.platform or '-')}  "
        f"{plain(found.language or '-')}  {found.model.name} {found.model.version}\n{plain(found.text)}"
    )
    starts = found.effects[found.effects["term"] == ""]
    rows = []
    for label, score in sorted(found.logits.items(), key=lambda item: (-item[1], item[0])):
        for_it, against = strongest(found.effects, label, most=most)
        if found.model.name == "topics" and not for_it:
            continue
        start = float(starts[f"effect_{label}"].sum())
        rows.append((label, f"{score:+.2f}", f"{start:+.2f}", _told(for_it), _told(against)))
    if not rows:
        typer.echo("No word of this post speaks for any topic.")
        return
    show_table(["label", "score", "start", "terms for it", "terms against it"], rows, full=True)


def _told(terms: list[tuple[str, float]]) -> str | None:
    return ", ".join(f"{term} {effect:+.2f}" for term, effect in terms) or None
