"""Model cards: what a model learnt from, how good it is, where it fails. A dict, and the same as Markdown."""

import json
from pathlib import Path


def vocabulary_filter(minimum_texts: int) -> str:
    """Return the sentence that states which terms a published vocabulary may hold."""
    return (
        "Tokens and pairs of neighbouring tokens. No @handles, no $cashtags, no web addresses (a link is the "
        "one token `<url>`), nothing made of digits only. A term that stands in no lexicon and is no seed "
        f"must occur in at least {minimum_texts} labelled texts of its language."
    )


def write_card(card: dict, folder: Path) -> None:
    """Write card.json and card.md into a version's folder."""
    text = json.dumps(card, indent=2, ensure_ascii=False, sort_keys=False)
    (folder / "card.json").write_text(text + "\n", encoding="utf-8")
    (folder / "card.md").write_text(markdown(card), encoding="utf-8")


def markdown(card: dict) -> str:
    """Return a card as Markdown."""
    lines = [
        f"# {card['title']}",
        "",
        f"Version `{card['model_version']}`, trained {card['trained_at'][:10]} with seed {card['seed']}. "
        f"Languages: {', '.join(card['languages'])}. {card['summary']}",
        "",
        "## Data",
        "",
        *_table(card["data"]),
        "",
        "## Scores",
        "",
        card["scores_meaning"],
        "",
        *_table(card["scores"]),
        "",
        *_validation(card),
        "## Vocabulary",
        "",
        card["vocabulary_filter"],
        "",
        "## Known failures",
        "",
        *(f"- {failure}" for failure in card["known_failures"]),
        "",
        "## Reproduce",
        "",
        f"`{card['reproduce']}` gives the same bytes on the same versions of the locked packages.",
    ]
    return "\n".join(lines) + "\n"


def _validation(card: dict) -> list[str]:
    """Return the scores on files that the model never learnt from, if they were measured."""
    measured = card.get("validation")
    if not measured:
        return []
    return [
        "## Validation",
        "",
        f"On files that no training, vocabulary, threshold or calibration has seen: `{measured['command']}`.",
        "",
        *_table(measured["scores"]),
        "",
    ]


def _table(rows: list[dict]) -> list[str]:
    heads = list(rows[0])
    return [
        "| " + " | ".join(head.replace("_", " ") for head in heads) + " |",
        "|" + "---|" * len(heads),
        *("| " + " | ".join(str(row[head]) for head in heads) + " |" for row in rows),
    ]
