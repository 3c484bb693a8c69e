"""A transformer of a few thousand random weights, made on the spot."""

from pathlib import Path

import pytest

WORDS = "the coffee machine is good bad fine love hate smoke refund great awful okay and not".split()


def tiny_transformer(folder: Path, labels: list[str], seed: int = 0) -> Path:
    """Write a random BERT for as many classes into a folder; the same seed gives the same bytes."""
    torch = pytest.importorskip("torch", reason="needs the extra: pip install 'listenhouse[transformer]'")
    transformers = pytest.importorskip(
        "transformers", reason="needs the extra: pip install 'listenhouse[transformer]'"
    )
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]) + "\n", encoding="utf-8"
    )
    torch.manual_seed(seed)
    config = transformers.BertConfig(
        vocab_size=len(WORDS) + 5,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        initializer_range=0.5,
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    transformers.BertTokenizerFast(vocab_file=str(vocabulary), model_max_length=64).save_pretrained(folder)
    return folder
