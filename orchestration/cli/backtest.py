"""`listenhouse backtest`: what would a changed query have found?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    from ingestion.listening import Listening
    from orchestration.matching.comparison import Change, Comparison, Quality

EXAMPLES = """Examples:

- `cp listening.yml changed.yml`, edit changed.yml, then `listenhouse backtest changed.yml`
- `listenhouse backtest --entity lumora --query 'lumora NOT ("lumora borealis" OR trilogy)'`
- `listenhouse backtest changed.yml --labels judged.csv --samples 10`

A file of labels has the columns entity_id, post_key, is_relevant (1 or 0). Precision is the share of relevant posts
among the labelled ones that a query finds, recall the share that it finds of the labelled relevant ones.
"""


@told
def backtest(
    changed: Annotated[
        Path | None, typer.Argument(help="A changed listening.yml.", show_default=False)
    ] = None,
    entity: Annotated[
        str | None, typer.Option(help="Change only this entity of the current file, by --query.")
    ] = None,
    query: Annotated[
        str | None, typer.Option(help="Replaces the terms and query of --entity; its exclude stays.")
    ] = None,
    samples: Annotated[int, typer.Option(min=0, help="Posts gained and lost to show of each entity.")] = 3,
    labels: Annotated[Path | None, typer.Option(help="CSV file of judged posts.")] = None,
) -> None:
    """Compare a changed listening.yml with the current one on the posts of the published release.

    Says which mentions each changed query would gain and lose, with samples, its precision and recall where
    posts are labelled, and how every share of voice would move. Nothing is changed: put the file in place of
    listening.yml, and the next run matches the whole history anew.
    """
    from ingestion.home import Home
    from ingestion.listening import load_listening

    if (changed is None) == (entity is None) or (entity is None) != (query is None):
        fail("Say what changes. Remedy: give a changed file, or --entity and --query.", BAD_INPUT)
    home = Home.find()
    current = load_listening(home.config)
    new = load_listening(changed) if changed is not None else _with_query(current, entity, query)
    from orchestration.matching.comparison import compare

    _show(compare(home, current, new, samples=samples, labels=labels))


def _with_query(listening: "Listening", entity_id: str, query: str) -> "Listening":
    from pydantic import ValidationError

    from ingestion.listening.explain import did_you_mean
    from ingestion.listening.models import ENTITY_SECTIONS

    for section in ENTITY_SECTIONS:
        entities = getattr(listening, section)
        for index, entity in enumerate(entities):
            if entity.id != entity_id:
                continue
            given = entity.model_dump() | {"terms": (), "handles": (), "hashtags": (), "query": query}
            try:
                replaced = type(entity).model_validate(given)
            except ValidationError as error:
                context = error.errors(include_url=False)[0]["ctx"]
                fail(f"--query: {context['message']}. Remedy: {context['remedy']}.", BAD_INPUT)
            changed = (*entities[:index], replaced, *entities[index + 1 :])
            return listening.model_copy(update={section: changed})
    known = [entity.id for _, entity in listening.entities()]
    fail(
        f"--entity: there is nothing with the id {entity_id!r}. Remedy: {did_you_mean(entity_id, known)}.",
        BAD_INPUT,
    )


def _show(found: "Comparison") -> None:
    from orchestration.cli.tables import show_table

    if not found.changes:
        typer.echo("Both files listen for the same: no query differs.")
        return
    show_table(
        ["entity", "mentions now", "then", "posts gained", "posts lost"],
        [(c.entity_id, c.mentions_before, c.mentions_after, c.gained, c.lost) for c in found.changes],
        title=f"{found.posts:,} posts; mentions are those that count",
    )
    judged = [change for change in found.changes if change.quality_before is not None]
    if judged:
        show_table(
            ["entity", "labelled", "precision now", "then", "recall now", "then"],
            [_judged(change) for change in judged],
            title="Judged by labels",
        )
    for change in found.changes:
        _show_samples(change)
    show_table(
        ["panel", "entity", "share now", "then", "points"],
        [
            (s.panel_id, s.entity_id, _percent(s.before), _percent(s.after), _points(s.before, s.after))
            for s in found.shares
        ],
        title="Share of voice over all days",
    )


def _judged(change: "Change") -> tuple:
    before: Quality = change.quality_before
    after: Quality = change.quality_after
    shares = (before.precision, after.precision, before.recall, after.recall)
    return (change.entity_id, before.labelled, *map(_percent, shares))


def _show_samples(change: "Change") -> None:
    from orchestration.cli.match import show_hit

    for word, samples in (("gained", change.gained_samples), ("lost", change.lost_samples)):
        for post_key, text in samples:
            show_hit(f"{change.entity_id} {word}  {post_key}", text)


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"


def _points(before: float | None, after: float | None) -> str | None:
    return None if before is None or after is None else f"{(after - before) * 100:+.1f}"
