"""The taxonomy that an analyst edits: what it may say, and what is said to an analyst who slips."""

import pytest
import yaml

from ml.topics.taxonomy import TaxonomyError, load_taxonomy
from ml.topics.training import taxonomy_texts


def _content() -> dict:
    return {
        "version": 1,
        "languages": ["en"],
        "topics": [
            {
                "id": name,
                "name": name.title(),
                "description": f"Posts that are about {name}.",
                "seeds": {"en": [name, f"the {name}"]},
                "examples": {"en": [f"all about the {name} here", f"what a {name}"]},
            }
            for name in ("price", "delivery")
        ],
        "background": {"en": ["good morning"]},
    }


@pytest.fixture
def write(tmp_path):
    def write(content: object) -> object:
        path = tmp_path / "taxonomy.yml"
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return path

    return write


def test_the_shipped_taxonomy_is_valid_and_has_the_promised_topics():
    taxonomy = load_taxonomy()
    assert {topic.id for topic in taxonomy.topics} == {
        "product_quality",
        "price",
        "delivery",
        "customer_service",
        "app_and_website",
        "availability",
        "safety",
        "praise",
        "purchase_intent",
        "churn",
        "feature_request",
    }
    assert set(taxonomy.languages) == {"en", "es", "de", "id"}
    assert all(topic.counter_examples for topic in taxonomy.topics)


def test_an_example_counts_for_every_topic_that_it_names(write):
    content = _content()
    content["topics"][0]["examples"]["en"].append({"text": "dear and late", "also": ["delivery"]})
    texts = taxonomy_texts(load_taxonomy(write(content))).set_index("text")
    assert texts.loc["dear and late", ["price", "delivery"]].tolist() == [1, 1]
    assert texts.loc["good morning", ["price", "delivery"]].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("topics", 0, "id"), "Price!", "topic Price!: field id: .*pattern"),
        (("topics", 1, "id"), "price", "topic price: field id: used by two topics; rename"),
        (("topics", 1, "description"), None, "topic delivery: field description: field required; add it"),
        (("topics", 1, "sedes"), {}, "topic delivery: field sedes: .*remove it or correct its name"),
        (("topics", 0, "seeds"), {"en": ["far too expensive"]}, "topic price: field seeds: .*is 3 words"),
        (("topics", 0, "seeds"), {"en": ["!!!"]}, "topic price: field seeds: .*is 0 words"),
        (("topics", 0, "seeds"), {"en": []}, "topic price: field seeds.en: .*at least 1"),
        (
            ("topics", 0, "examples"),
            {"de": ["teuer"]},
            "topic price: field examples: nothing for language en",
        ),
        (("topics", 0, "examples"), {"en": ["ok then"], "de": ["teuer"]}, "language de is not in languages"),
        (
            ("topics", 0, "examples"),
            {"en": [{"text": "dear", "also": ["ship"]}]},
            "names the topic 'ship', which does not exist; choose one of",
        ),
        (("background",), {"de": ["hallo"]}, "background: no posts for language en"),
        (("languages",), ["english"], "field languages.0: .*pattern"),
        (("topics",), [], "field topics: .*at least 2"),
        (("topics", 0), "price", "topic number 1: field topics: .*correct it"),
    ],
)
def test_a_slip_is_answered_with_file_topic_field_and_remedy(write, place, value, message):
    content = _content()
    entry = content
    for key in place[:-1]:
        entry = entry[key]
    if value is None:
        del entry[place[-1]]
    else:
        entry[place[-1]] = value
    with pytest.raises(TaxonomyError, match=message) as refused:
        load_taxonomy(write(content))
    assert all("taxonomy.yml: " in line for line in str(refused.value).splitlines())


@pytest.mark.parametrize("content", ["topics: [", "- a list", "", "\t- tab"])
def test_a_file_that_is_no_taxonomy_is_refused_by_name(write, content):
    with pytest.raises(TaxonomyError, match=r"taxonomy\.yml: "):
        load_taxonomy(write(content))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(TaxonomyError, match=r"absent\.yml: "):
        load_taxonomy(tmp_path / "absent.yml")
