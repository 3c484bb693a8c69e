"""A sequence-classification transformer of the user's own: loaded, its labels understood, applied in batches."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml.transformer.errors import TransformerError

SENTIMENTS = ("negative", "neutral", "positive")
BATCH = 32
LONGEST = 256
"""Tokens of a text that are read, fewer where the model takes fewer: posts hardly ever have more."""
DECIMALS = 6
"""Probabilities are rounded: finer differences are noise of the machine that computed them."""

MEANINGS = {
    "negative": {"negative", "neg", "bad", "unfavorable", "-1"},
    "neutral": {"neutral", "neu", "none", "mixed", "0"},
    "positive": {"positive", "pos", "good", "favorable", "1", "+1"},
}
STARS = re.compile(r"([1-5]) ?stars?")
SAFE = ("*.json", "*.txt", "*.model", "*.safetensors")
"""What is read of a model: no pickles and no code."""


@dataclass(frozen=True)
class Classifier:
    """A loaded model; `version` is the start of a hash of its files and of what its labels are taken for."""

    name: str
    version: str
    groups: dict[str, list[int]]
    tokenizer: Any
    model: Any

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Return p(negative), p(neutral), p(positive) of each text, shape (texts, 3), rounded to six decimals.

        A class that the model does not have is 0. Texts of like length go through the model together; none
        has influence on another's score.
        """
        import torch

        scores = np.zeros((len(texts), len(SENTIMENTS)))
        by_length = sorted(range(len(texts)), key=lambda place: (len(texts[place]), place))
        longest = min(LONGEST, getattr(self.tokenizer, "model_max_length", LONGEST))
        for start in range(0, len(by_length), BATCH):
            places = by_length[start : start + BATCH]
            inputs = self.tokenizer(
                [texts[place] or " " for place in places],
                padding=True,
                truncation=True,
                max_length=longest,
                return_tensors="pt",
            )
            with torch.inference_mode():
                found = torch.softmax(self.model(**inputs).logits.double(), dim=-1).numpy()
            for column, sentiment in enumerate(SENTIMENTS):
                scores[places, column] = found[:, self.groups[sentiment]].sum(axis=1)
        return _rounded(scores)


def _rounded(scores: np.ndarray) -> np.ndarray:
    """Round rows that sum to 1; the largest takes what is left, so that they still do."""
    rounded = np.round(scores, DECIMALS)
    rows, largest = np.arange(len(scores)), scores.argmax(axis=1)
    rest = rounded.sum(axis=1) - rounded[rows, largest]
    rounded[rows, largest] = np.round(1 - rest, DECIMALS)
    return rounded


def sentiment_labels(probabilities: np.ndarray) -> list[str]:
    """Return the likeliest class of each row of (texts, 3); neutral where two are equally likely."""
    best = probabilities.max(axis=1, keepdims=True)
    tied = (probabilities == best).sum(axis=1) > 1
    return [
        SENTIMENTS[1 if tie else place] for tie, place in zip(tied, probabilities.argmax(axis=1), strict=True)
    ]


def load_classifier(model: str, labels: Sequence[str] | None = None) -> Classifier:
    """Load a model from a folder or by its hub id; `labels` say what its classes mean, in the order of their ids.

    Only safetensors are read, and no code of the model is run. Raises TransformerError for a missing extra, for a
    model that is not there or does no sequence classification, and for labels that mean no sentiment.
    """
    try:
        import torch
        from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils import logging
    except ImportError as error:
        raise TransformerError(
            f"Transformers cannot run here: {error}. Remedy: pip install 'listenhouse[transformer]'."
        ) from error
    logging.disable_progress_bar()  # loading is short, and the bar of the scoring is ours
    folder = _folder(model)
    try:
        config = AutoConfig.from_pretrained(folder)
    except (OSError, ValueError) as error:
        raise TransformerError(
            f"{model}: no transformer: {_first_line(error)} Remedy: name a folder that `save_pretrained` wrote."
        ) from error
    if not any("ForSequenceClassification" in name for name in config.architectures or ()):
        raise TransformerError(
            f"{model} is a {', '.join(config.architectures or ['model without a head'])}, which classifies no texts. "
            "Remedy: name a model for sequence classification."
        )
    names = _names(model, config.id2label, labels)
    groups = _groups(model, names)
    torch.manual_seed(0)
    try:
        network = AutoModelForSequenceClassification.from_pretrained(folder, use_safetensors=True)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError) as error:
        raise TransformerError(
            f"{model} cannot be loaded: {_first_line(error)} Remedy: it needs model.safetensors and its tokenizer's "
            "files; `save_pretrained` of both writes them."
        ) from error
    return Classifier(model, _version(folder, names), groups, tokenizer, network.eval())


def _folder(model: str) -> Path:
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise TransformerError(f"{model}: no such folder. Remedy: name the folder that holds config.json.")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, allow_patterns=list(SAFE)))
    except (
        Exception
    ) as error:  # the hub's client raises many kinds, and all of them mean: it is not to be had
        raise TransformerError(
            f"{model}: no folder of that name, and not to be had from the hub ({_first_line(error)}) "
            "Remedy: check the name and the network, or download it elsewhere and name its folder."
        ) from error


def _names(model: str, id2label: dict[int, str], labels: Sequence[str] | None) -> list[str]:
    names = [str(id2label[number]) for number in sorted(id2label)]
    if labels is None:
        return names
    if len(labels) != len(names):
        raise TransformerError(
            f"{model} has {len(names)} classes and {len(labels)} labels are given. Remedy: name one for each class, "
            "in the order of their ids."
        )
    return list(labels)


def _groups(model: str, names: list[str]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {sentiment: [] for sentiment in SENTIMENTS}
    for number, name in enumerate(names):
        groups[_meaning(model, name, names)].append(number)
    missing = [sentiment for sentiment in ("negative", "positive") if not groups[sentiment]]
    if missing:
        raise TransformerError(
            f"{model} has the classes {', '.join(names)}: none is {missing[0]}. Remedy: name a sentiment model, or "
            "what its classes mean with --labels."
        )
    return groups


def _meaning(model: str, name: str, names: list[str]) -> str:
    word = name.strip().lower().replace("_", " ").replace("-", " ") if name.strip() != "-1" else name.strip()
    if stars := STARS.fullmatch(word):
        return SENTIMENTS[(int(stars[1]) > 2) + (int(stars[1]) > 3)]
    word = word.removeprefix("very ").removeprefix("extremely ")
    for sentiment, words in MEANINGS.items():
        if word in words:
            return sentiment
    raise TransformerError(
        f"{model} calls its classes {', '.join(names)}, and {name!r} says no sentiment. Remedy: say what they mean, "
        "in the order of their ids: --labels negative,neutral,positive."
    )


def _version(folder: Path, names: list[str]) -> str:
    digest = hashlib.sha256("\n".join(names).encode())
    for path in sorted({path for pattern in SAFE for path in folder.glob(pattern)}):
        digest.update(f"\n{path.name}\n".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
