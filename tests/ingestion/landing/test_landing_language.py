"""Languages of texts without a tag."""

import pyarrow as pa

from ingestion.landing import POSTS, Landing, Pseudonyms
from ingestion.landing.language import LanguageDetector

TEXTS = {
    "en": "I really love this coffee machine, it makes my mornings so much better",
    "es": "Me encanta esta cafetera, hace que mis mañanas sean mucho mejores",
    "de": "Ich liebe diese Kaffeemaschine, sie macht meine Morgen viel schöner",
    "id": "Saya sangat suka mesin kopi ini, pagi saya jadi jauh lebih baik",
    "pt": "Eu adoro esta máquina de café, as minhas manhãs ficam muito melhores",
}


def test_languages_are_told_apart():
    found = LanguageDetector().detect(pa.array(TEXTS.values()))
    assert found.to_pylist() == list(TEXTS)


def test_addresses_handles_and_emoji_alone_have_no_language():
    texts = pa.array(["@lumora #coffee https://example.org/a", "", None, "12345"])
    assert LanguageDetector().detect(texts).to_pylist() == [None] * 4


def test_only_texts_without_a_tag_are_detected(landing, tables):
    landing = Landing("test", "run", landing.started_at, Pseudonyms(b"k" * 16), LanguageDetector())
    batch = pa.table(
        {
            "post_id": ["tagged", "untagged", "silent"],
            "platform": ["x"] * 3,
            "created_at": ["2026-08-01T10:00:00Z"] * 3,
            "text": [TEXTS["de"], TEXTS["de"], None],
            "language": ["en", None, None],
        }
    )
    rows = tables(landing.land(POSTS, batch, unit="u"))["posts"]
    assert [(row["language"], row["detected_language"]) for row in rows] == [
        ("en", None),
        (None, "de"),
        (None, None),
    ]
