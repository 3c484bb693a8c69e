"""`listenhouse label`: ask people about the posts that are worth most, and read what they say."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    from ingestion.home import Home

EXAMPLES = """Examples:

- `listenhouse label --posts 200 --out sheet.csv` writes a sheet; fill in its last column: negative, neutral, positive
- `listenhouse label --read sheet.csv --coder ada` keeps the labels; a second coder reads a copy under another name
- `listenhouse label --agreement` tells how far the coders agree
- `listenhouse label --export training.csv` writes text, label and language of the posts to train with

Half of a sheet are posts that a model would learn most from (purpose train), half a plain random sample (purpose
check), which measures the model's error, judges promotions, and is never exported for training.
"""


@told
def label(
    posts: Annotated[int, typer.Option(min=2, help="Posts to ask about.")] = 200,
    out: Annotated[Path, typer.Option(help="The sheet to write; it must not exist.")] = Path("sheet.csv"),
    read: Annotated[
        Path | None, typer.Option(help="Keep the labels of this filled-in sheet.", show_default=False)
    ] = None,
    coder: Annotated[
        str | None, typer.Option(help="Who filled in the sheet of --read.", show_default=False)
    ] = None,
    agreement: Annotated[bool, typer.Option("--agreement", help="Tell how far coders agree.")] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write what there is to train with.", show_default=False)
    ] = None,
) -> None:
    """Write a sheet of posts to be labelled by sentiment, or read one back.

    Posts come from the published release: those of each language, platform and topic in turn of which the model is
    least sure, and a random sample. The model's own label is not shown. The same release and labels give the
    same sheet. Labels are kept without texts, in labels/ of the home.
    """
    from ingestion.home import Home

    if sum((read is not None, agreement, export is not None)) > 1:
        fail("Say one thing at a time. Remedy: give one of --read, --agreement, --export.", BAD_INPUT)
    if (read is None) != (coder is None) or (coder is not None and not coder.strip()):
        fail("--read and --coder belong together. Remedy: give both, the coder as a short name.", BAD_INPUT)
    home = Home.find()
    if read is not None:
        _read(home, read, coder.strip())
    elif agreement:
        _show_agreement(home)
    elif export is not None:
        _export(home, export)
    else:
        _write(home, posts, out)


def _write(home: "Home", posts: int, out: Path) -> None:
    from orchestration.labelling.choose import choose_posts
    from orchestration.labelling.sheet import write_sheet

    check = posts // 2
    asked = choose_posts(home, train=posts - check, check=check)
    if not asked:
        fail(
            "Every scored post is labelled. Remedy: run again when new posts have been published.", BAD_INPUT
        )
    write_sheet(out, asked)
    random = sum(post.purpose == "check" for post in asked)
    typer.echo(
        f"{out}: {len(asked):,} posts, {len(asked) - random:,} to train with and {random:,} at random. Write negative, "
        f"neutral or positive into the column label, then: listenhouse label --read {out} --coder NAME"
    )


def _read(home: "Home", path: Path, coder: str) -> None:
    from datetime import UTC, datetime

    from ml.registry import current_model
    from orchestration.labelling.choose import released_texts
    from orchestration.labelling.gold import measure_own_error
    from orchestration.labelling.sheet import read_sheet, sheet_keys
    from orchestration.labelling.store import add_labels, labels_path

    known = released_texts(home, sheet_keys(path))
    labels = read_sheet(path, coder, list(known), datetime.now(UTC).date())
    replaced = add_labels(home, labels)
    typer.echo(
        f"{labels_path(home)}: {len(labels):,} labels by {coder}, {replaced:,} of them in place of earlier ones."
    )
    typer.echo(measure_own_error(home, current_model("sentiment", home.models)))
    _show_agreement(home)


def _show_agreement(home: "Home") -> None:
    from itertools import combinations

    from ml.agreement import agreement
    from orchestration.cli.tables import show_table
    from orchestration.labelling.store import read_labels

    said: dict[str, dict[str, str]] = {}
    for row in read_labels(home):
        said.setdefault(row.coder, {})[row.post_key] = row.label
    rows = []
    for one, other in combinations(sorted(said), 2):
        both = sorted(said[one].keys() & said[other].keys())
        if both:
            found = agreement([said[one][key] for key in both], [said[other][key] for key in both])
            rows.append((one, other, found.texts, found.share, found.kappa, found.low, found.high))
    if not rows:
        typer.echo("No post has labels by two coders, so nothing is known of how far they agree.")
        return
    show_table(
        ["coder", "other coder", "posts", "labelled alike", "kappa", "kappa from", "to"],
        rows,
        title="Agreement beyond chance (Cohen's kappa, 95% interval)",
    )


def _export(home: "Home", path: Path) -> None:
    from orchestration.labelling.gold import gold_texts
    from orchestration.labelling.store import TRAIN, LabellingError

    found = gold_texts(home, TRAIN)
    if found.texts.empty:
        raise LabellingError(
            "No post of purpose train is labelled. Remedy: listenhouse label, fill in, --read."
        )
    # As it is, without apostrophes: this file is for training, and not one letter may differ from what is scored.
    found.texts[["text", "label", "language"]].to_csv(path, index=False)
    typer.echo(
        f"{path}: {len(found.texts):,} labelled texts for training, not for a spreadsheet"
        + (f"; {found.gone:,} labelled posts are no longer published." if found.gone else ".")
    )
