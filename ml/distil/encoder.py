"""One teacher: a small BERT-like encoder, mean pooling and a linear layer, fine-tuned to three classes.

Mean pooling, the encoder's lowest layers frozen, AdamW with a linear warm-up and decay, the loss weighted so that
each class counts the same, because the measure is macro recall. The probabilities are therefore those under equal
shares of the classes. One thread and fixed seeds: the same processor gives the same numbers again.

torch and transformers are imported inside the functions: the rest of the project never needs them.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.distil.texts import LABELS, normalise

NEEDED_FILES = ("config.json", "model.safetensors", "tokenizer.json")
PREDICTED_AT_ONCE = 64
SORTED_TOGETHER = 50
"""So many batches are drawn at random and sorted by length among themselves: little padding, random order."""

Report = Callable[[int], None]
"""Is told how many texts were just read."""


class MissingToolError(RuntimeError):
    """torch or transformers is not installed."""


@dataclass(frozen=True)
class Settings:
    """How a teacher is trained. `longest` is in word pieces; `frozen_layers` counts from below."""

    epochs: int = 3
    batch: int = 32
    learning_rate: float = 1e-4
    head_learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.06
    longest: int = 64
    frozen_layers: int = 2
    bfloat16: bool = True
    seed: int = 20260801


def require_tools() -> None:
    """Raise MissingToolError, saying what to install, where torch or transformers is missing."""
    try:
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingToolError(
            f"the teacher needs torch and transformers ({error}); install them with: "
            "pip install 'listenhouse[distil]'"
        ) from error


def check_encoder(folder: Path) -> None:
    """Raise FileNotFoundError naming each file that an encoder's folder lacks."""
    missing = [name for name in NEEDED_FILES if not (folder / name).exists()]
    if missing:
        raise FileNotFoundError(
            f"{folder}: has no {', '.join(missing)}; name the folder of a BERT-like encoder as transformers "
            "saves it"
        )


class Teacher:
    """An encoder with a classifier on top; `fit` trains it, `probabilities` applies it."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Load the encoder in `folder`. Raises FileNotFoundError or MissingToolError, see above."""
        check_encoder(folder)
        require_tools()
        import torch
        from tokenizers import Tokenizer
        from transformers import AutoModel
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        torch.manual_seed(settings.seed)
        self.settings = settings
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(settings.longest)
        encoder = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
        head = torch.nn.Linear(encoder.config.hidden_size, len(LABELS))
        self._model = torch.nn.ModuleDict(
            {"encoder": encoder, "dropout": torch.nn.Dropout(0.1), "head": head}
        )

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[int],
        held_out: tuple[Sequence[str], Sequence[int]],
        report: Report = lambda number: None,
    ) -> list[float]:
        """Train, keep the epoch that does best on `held_out`, and return the macro recall there after each epoch.

        `labels` are numbers of `LABELS`. Raises ValueError if a class has no text.
        """
        import torch

        settings = self.settings
        pieces, truth = self._pieces(texts), np.asarray(labels)
        sizes = np.bincount(truth, minlength=len(LABELS))
        if not sizes.all():
            raise ValueError(
                f"no text is labelled {LABELS[int(np.argmin(sizes))]}; a teacher needs all three"
            )
        weight = torch.tensor(len(truth) / (len(LABELS) * sizes), dtype=torch.float32)
        shuffler = random.Random(settings.seed)
        steps = settings.epochs * -(-len(truth) // settings.batch)
        optimizer, schedule = self._optimizer(steps)
        recalls, best = [], None
        for _ in range(settings.epochs):
            self._model.train()
            for batch in shuffled_batches([len(piece) for piece in pieces], settings.batch, shuffler):
                logits = self._logits([pieces[row] for row in batch])
                loss = torch.nn.functional.cross_entropy(
                    logits, torch.from_numpy(truth[batch]), weight=weight
                )
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self._trained(), 1.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad(set_to_none=True)
                report(len(batch))
            guesses = self.probabilities(held_out[0], report).argmax(axis=1)
            recalls.append(macro_recall(np.asarray(held_out[1]), guesses))
            if recalls[-1] == max(recalls):
                best = {name: value.clone() for name, value in self._model.state_dict().items()}
        self._model.load_state_dict(best)
        return recalls

    def probabilities(self, texts: Sequence[str], report: Report = lambda number: None) -> np.ndarray:
        """Return p_negative, p_neutral, p_positive a text (rows as in `texts`), under equal shares of classes."""
        import torch

        pieces = self._pieces(texts)
        order = np.argsort([len(piece) for piece in pieces], kind="stable")
        found = np.zeros((len(pieces), len(LABELS)), dtype=np.float32)
        self._model.eval()
        with torch.inference_mode():
            for start in range(0, len(order), PREDICTED_AT_ONCE):
                batch = order[start : start + PREDICTED_AT_ONCE]
                found[batch] = torch.softmax(self._logits([pieces[row] for row in batch]), dim=1).numpy()
                report(len(batch))
        return found

    def save(self, path: Path) -> None:
        """Write the trained weights as safetensors."""
        from safetensors.torch import save_file

        save_file({name: value.contiguous() for name, value in self._model.state_dict().items()}, path)

    def load(self, path: Path) -> None:
        """Take over the weights that `save` wrote for the same encoder."""
        from safetensors.torch import load_file

        self._model.load_state_dict(load_file(path))

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        return [found.ids for found in self._tokenizer.encode_batch([normalise(text) for text in texts])]

    def _logits(self, pieces: list[list[int]]):
        import torch

        width = max(len(piece) for piece in pieces)
        ids = torch.tensor([piece + [0] * (width - len(piece)) for piece in pieces])
        there = torch.tensor([[1] * len(piece) + [0] * (width - len(piece)) for piece in pieces])
        with torch.autocast("cpu", torch.bfloat16, enabled=self.settings.bfloat16):
            states = self._model["encoder"](input_ids=ids, attention_mask=there).last_hidden_state
        share = there.unsqueeze(-1).float()
        pooled = (states.float() * share).sum(dim=1) / share.sum(dim=1)
        return self._model["head"](self._model["dropout"](pooled))

    def _trained(self) -> list:
        return [value for value in self._model.parameters() if value.requires_grad]

    def _optimizer(self, steps: int):
        """Freeze the word vectors and the lowest layers; return AdamW and its linear warm-up and decay."""
        import torch

        settings = self.settings
        frozen = ("embeddings.", *(f"encoder.layer.{layer}." for layer in range(settings.frozen_layers)))
        for name, value in self._model["encoder"].named_parameters():
            value.requires_grad = not name.startswith((*frozen, "pooler."))
        groups = [
            {"params": [v for v in self._model["encoder"].parameters() if v.requires_grad]},
            {"params": list(self._model["head"].parameters()), "lr": settings.head_learning_rate},
        ]
        optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate, weight_decay=settings.weight_decay)
        warm = max(1, round(settings.warm_up * steps))

        def scale(step: int) -> float:
            return min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))

        return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, scale)


def shuffled_batches(lengths: Sequence[int], size: int, shuffler: random.Random) -> Iterator[list[int]]:
    """Yield each row number once, in batches of rows of like length, batches and rows in random order."""
    rows = list(range(len(lengths)))
    shuffler.shuffle(rows)
    together = size * SORTED_TOGETHER
    for start in range(0, len(rows), together):
        near = sorted(rows[start : start + together], key=lambda row: lengths[row])
        batches = [near[begin : begin + size] for begin in range(0, len(near), size)]
        shuffler.shuffle(batches)
        yield from batches


def macro_recall(true: np.ndarray, predicted: np.ndarray) -> float:
    """Return the mean, over the classes that occur in `true`, of the share of their texts that was found."""
    return float(np.mean([(predicted[true == label] == label).mean() for label in np.unique(true)]))
