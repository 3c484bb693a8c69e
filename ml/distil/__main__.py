"""Fine-tune a teacher on labelled English tweets and write its soft labels.

    python -m ml.distil FOLDER --encoder PATH --out soft_labels.parquet

FOLDER holds public data sets: sentiment/en_train.tsv and en-umsab_train.tsv (columns label and text) are learnt
from; posts of the other data sets, see ml/distil/texts.py, are labelled. Texts of files named *_validation or
*_test are withheld from both. PATH is the folder of a small BERT-like encoder (config.json, model.safetensors,
tokenizer.json).

Two files come out, both with p_negative, p_neutral and p_positive under equal shares of the classes (for the
shares of other data multiply by them and divide by the sum): OUT for the unlabelled texts (text, source), and
OUT with '-train' in its name for the labelled ones (text, label, source, is_held_out), each labelled by a teacher
that has not learnt from it. OUT grows while the run goes on; a run that was stopped goes on where it was, also
with another --most or --score.

example, an hour on two cores:
    python -m ml.distil data --encoder models/all-MiniLM-L6-v2 --out soft_labels.parquet --most 60000
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ml.distil.crossfit import (
    CHUNK,
    HELD_OUT,
    Plan,
    assign_folds,
    measured,
    run_folds,
    soft_labels,
    soft_train,
    teacher_probabilities,
    write_atomically,
)
from ml.distil.encoder import MissingToolError, Settings, check_encoder, macro_recall, require_tools
from ml.distil.texts import LABELS, labelled_file, labelled_texts, unlabelled_texts

WRITTEN_EVERY = 4 * CHUNK
"""So many newly labelled texts are worth writing OUT anew."""


def make_plan(folder: Path, encoder: Path, *, folds: int, most: int | None, settings: Settings) -> Plan:
    """Read the texts in `folder` and fix which teacher learns from which."""
    labelled = labelled_texts(folder)
    labelled["fold"] = assign_folds(labelled["label"], folds, settings.seed)
    unlabelled = unlabelled_texts(folder, seen=labelled["text"], most=most, seed=settings.seed)
    return Plan(encoder, labelled, unlabelled, folds, settings)


def distil(plan: Plan, out: Path, console: Console) -> dict[str, object]:
    """Run all teachers with a progress bar, write both files, and return what was measured."""
    work = work_folder(plan, out)
    train_out = out.with_name(f"{out.stem}-train{out.suffix}")
    held = int((plan.labelled["fold"] == HELD_OUT).sum())
    learnt = len(plan.labelled) - held
    totals = {
        "train": plan.settings.epochs * ((plan.folds - 1) * learnt + plan.folds * held),
        "own": learnt + plan.folds * held,
        "label": plan.folds * len(plan.unlabelled),
    }
    titles = {"train": "training", "own": "labelling the training texts", "label": "labelling other texts"}
    bars = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*bars, console=console) as progress:
        tasks = {what: progress.add_task(titles[what], total=total) for what, total in totals.items()}
        written = 0
        for _, what, number in run_folds(plan, work):
            progress.advance(tasks[what], number)
            labelled = int(progress.tasks[tasks["label"]].completed) // plan.folds
            if labelled - written >= WRITTEN_EVERY:
                written = labelled
                write_atomically(soft_labels(plan, work), out)
    write_atomically(soft_labels(plan, work), out)
    write_atomically(soft_train(plan, work), train_out)
    console.print(f"{out}\n{train_out}\n{work} (the teachers; remove it when you are done)", soft_wrap=True)
    return measured(plan, work)


def score(plan: Plan, out: Path, path: Path) -> float:
    """Return the macro recall of the trained teachers' mean on a labelled file that they have not learnt from."""
    texts = labelled_file(path)
    found = teacher_probabilities(plan, work_folder(plan, out), texts["text"].tolist())
    return macro_recall(texts["label"].map(LABELS.index).to_numpy(), found.argmax(axis=1))


def work_folder(plan: Plan, out: Path) -> Path:
    """Return where the teachers of `plan` lie: beside `out`, under the digest of what they learn from."""
    return out.with_name(f"{out.stem}-{plan.digest}.work")


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line, run, print macro recall."""
    parser = argparse.ArgumentParser(
        prog="python -m ml.distil",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    defaults = Settings()
    parser.add_argument("folder", type=Path, help="folder with the data sets")
    parser.add_argument("--encoder", type=Path, required=True, help="folder of the encoder")
    parser.add_argument("--out", type=Path, required=True, help="Parquet file to write")
    parser.add_argument("--most", type=int, help="label at most so many texts; default: all")
    parser.add_argument("--folds", type=int, default=2, help="teachers, a process each; default: %(default)s")
    parser.add_argument(
        "--epochs",
        type=int,
        default=defaults.epochs,
        help="times that the texts are read; default: %(default)s",
    )
    parser.add_argument("--seed", type=int, default=defaults.seed, help="default: %(default)s")
    parser.add_argument(
        "--score",
        type=Path,
        help="at the end, measure the teachers' mean on this file (columns label and text)",
    )
    parser.add_argument(
        "--float32",
        action="store_true",
        help="compute with 32 bits: slower where the processor knows bfloat16, faster where it does not",
    )
    told = parser.parse_args(arguments)
    settings = Settings(epochs=told.epochs, seed=told.seed, bfloat16=not told.float32)
    console = Console()
    try:
        check_encoder(told.encoder)
        require_tools()
        plan = make_plan(told.folder, told.encoder, folds=told.folds, most=told.most, settings=settings)
        console.print(f"{len(plan.labelled)} labelled texts, {len(plan.unlabelled)} to label")
        scores = distil(plan, told.out, console)
    except (FileNotFoundError, MissingToolError, ValueError) as error:
        sys.exit(f"error: {error}")
    for epochs in scores["by_epoch"]:
        console.print("macro recall by epoch:", "  ".join(f"{recall:.3f}" for recall in epochs))
    console.print(f"macro recall, {scores['held_out_texts']} held-out texts: {scores['held_out']:.3f}")
    console.print(f"macro recall, all others by the teacher new to them: {scores['across_folds']:.3f}")
    if told.score:
        console.print(f"macro recall, {told.score.name}: {score(plan, told.out, told.score):.3f}")


if __name__ == "__main__":
    main()
