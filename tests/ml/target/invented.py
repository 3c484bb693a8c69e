"""A small invented set of labelled targets, in the form of the published one."""

from pathlib import Path

from ml.target.labelled import FILE_NAME

GOOD = ("i love $T$", "$T$ is great", "$T$ works so well , happy", "best buy ever : $T$ -LRB- love it -RRB-")
BAD = ("i hate $T$", "$T$ is awful", "$T$ broke again , angry", "do n't buy $T$ , terrible")
NEITHER = ("$T$ opens on monday", "where is $T$ sold ?", "i have a $T$ at home", "$T$ and its box")
NAMES = (
    "Nordbean",
    "Caldrix",
    "Brevanta One",
    "Tazzaro",
    "Mira Castellan",
    "Lumora",
    "Quillon",
    "Ostrava Mill",
)
TAILS = ("", " today", " for my kitchen", " says Jarvik Bloom", " and more")


def write_invented(folder: Path) -> Path:
    """Write the set into a folder, under the name that training looks for; return the file."""
    items = [
        f"{text}{tail}\n{name}\n{label}\n"
        for label, texts in {"1": GOOD, "-1": BAD, "0": NEITHER}.items()
        for text in texts
        for name in NAMES
        for tail in TAILS
    ]
    path = folder / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(items), encoding="utf-8")
    return path
