"""Read and check `taxonomy.yml`."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ml.tokens import token_lists

SHIPPED = Path(__file__).with_name("taxonomy.yml")

Language = Annotated[str, Field(pattern="^[a-z]{2}$")]


class TaxonomyError(ValueError):
    """The taxonomy cannot be used; each line of the message names file, topic, field and remedy."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Example(_Strict):
    """A post about a topic, and the other topics that it is about as well."""

    text: Annotated[str, Field(min_length=3)]
    also: tuple[str, ...] = ()


PlainOrExample = Annotated[
    Example, BeforeValidator(lambda value: {"text": value} if isinstance(value, str) else value)
]


class Topic(_Strict):
    """One topic: what it means, and what speaks for and against it, by language."""

    id: Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=40)]
    name: Annotated[str, Field(min_length=1)]
    description: Annotated[str, Field(min_length=10)]
    seeds: dict[Language, Annotated[tuple[str, ...], Field(min_length=1)]]
    examples: dict[Language, Annotated[tuple[PlainOrExample, ...], Field(min_length=1)]]
    counter_examples: dict[Language, tuple[str, ...]] = {}


class Taxonomy(_Strict):
    """All topics, and posts about none of them."""

    version: Annotated[int, Field(ge=1)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    topics: Annotated[tuple[Topic, ...], Field(min_length=2)]
    background: dict[Language, Annotated[tuple[str, ...], Field(min_length=1)]]

    @model_validator(mode="after")
    def _consistent(self) -> "Taxonomy":
        problems = []
        names = [topic.id for topic in self.topics]
        for name in sorted({name for name in names if names.count(name) > 1}):
            problems.append(f"topic {name}: field id: used by two topics; rename one of them")
        for topic in self.topics:
            for field in ("seeds", "examples"):
                for language in sorted(set(self.languages) - set(getattr(topic, field))):
                    problems.append(
                        f"topic {topic.id}: field {field}: nothing for language {language}; add some, "
                        "or take the language out of languages"
                    )
            for field in ("seeds", "examples", "counter_examples"):
                for language in sorted(set(getattr(topic, field)) - set(self.languages)):
                    problems.append(
                        f"topic {topic.id}: field {field}: language {language} is not in languages; "
                        "add it there or remove it here"
                    )
            problems += self._unknown_others(topic, names)
        problems += _bad_seeds(self.topics)
        for language in sorted(set(self.languages) - set(self.background)):
            problems.append(f"background: no posts for language {language}; add some")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @staticmethod
    def _unknown_others(topic: Topic, names: list[str]) -> list[str]:
        return [
            f"topic {topic.id}: field examples: {example.text!r} names the topic {other!r}, "
            f"which does not exist; choose one of {names}"
            for examples in topic.examples.values()
            for example in examples
            for other in example.also
            if other not in names
        ]


def _bad_seeds(topics: tuple[Topic, ...]) -> list[str]:
    seeds = [
        (topic.id, language, seed)
        for topic in topics
        for language, words in topic.seeds.items()
        for seed in words
    ]
    return [
        f"topic {topic}: field seeds: {seed!r} ({language}) is {len(tokens)} words; a seed is one word or "
        "a pair of neighbouring words, write a longer phrase as an example"
        for (topic, language, seed), tokens in zip(
            seeds, token_lists(seed for *_, seed in seeds), strict=True
        )
        if len(tokens) not in (1, 2)
    ]


def load_taxonomy(path: Path = SHIPPED) -> Taxonomy:
    """Return the taxonomy in `path`.

    Raises TaxonomyError with one line a problem, each naming file, topic, field and remedy.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TaxonomyError(
            f"{path}: {' '.join(str(error).split())}; write a readable YAML file in UTF-8"
        ) from error
    if not isinstance(content, dict):
        raise TaxonomyError(f"{path}: is not a mapping; start from the taxonomy that ships as {SHIPPED}")
    try:
        return Taxonomy.model_validate(content)
    except ValidationError as error:
        lines = [f"{path}: {line}" for problem in error.errors() for line in _describe(content, problem)]
        raise TaxonomyError("\n".join(lines)) from error


def _describe(content: dict, problem: dict) -> list[str]:
    """Turn one pydantic error into lines that an analyst can act on."""
    if not problem["loc"]:
        return str(problem["ctx"]["error"]).splitlines()
    where = list(problem["loc"])
    topic = ""
    if where[0] == "topics" and len(where) > 1 and isinstance(content.get("topics"), list):
        entry = content["topics"][where[1]]
        known = entry.get("id") if isinstance(entry, dict) else None
        topic, where = f"topic {known or 'number ' + str(where[1] + 1)}: ", where[2:] or ["topics"]
    remedy = {
        "missing": "add it",
        "extra_forbidden": "remove it or correct its name",
    }.get(problem["type"], f"found {problem['input']!r:.80}, correct it")
    return [f"{topic}field {'.'.join(str(part) for part in where)}: {problem['msg'].lower()}; {remedy}"]
