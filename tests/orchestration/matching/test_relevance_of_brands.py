"""Relevance models of real brand names on tweets that people judged (Sanders corpus), through the matching of the road.

Most tweets judged irrelevant are in other languages or only carry the tag, so this measures that kind of confusion.
"""

import csv
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from ingestion.landing import Pseudonyms
from ingestion.listening import Listening
from ml.tokens import token_lists
from orchestration.matching.road import match_posts
from orchestration.matching.tables import compiled_tables

EXAMPLES = 20
"""Texts for and against that each brand is given; all others are for measuring."""


def test_few_examples_tell_a_brand_from_its_namesakes(shared_data, record_property):
    with open(shared_data / "targets" / "brand_relevance.csv", encoding="utf-8", newline="") as file:
        texts = {row["TweetText"]: row for row in csv.DictReader(file)}
    rows = [
        (row["Topic"], row["Sentiment"] != "irrelevant", " ".join(text.split()))
        for text, row in texts.items()
    ]
    brands = sorted({brand for brand, _, _ in rows})
    given = {
        (brand, meant): [text for b, m, text in rows if (b, m) == (brand, meant)][::5][:EXAMPLES]
        for brand in brands
        for meant in (True, False)
    }
    listening = Listening.model_validate(
        {
            "version": 1,
            "brands": [
                {
                    "name": brand,
                    "terms": [brand],
                    "handles": [brand],
                    "hashtags": [brand],
                    "relevance": {"context": given[brand, True], "counter_examples": given[brand, False]},
                }
                for brand in brands
            ],
        }
    )
    shown = {text for texts in given.values() for text in texts}
    asked = [row for row in rows if row[2] not in shown]
    posts = pa.table(
        {
            "post_key": [str(number) for number in range(len(asked))],
            "post_date": pa.array([date(2011, 10, 18)] * len(asked)),
            "title": pa.nulls(len(asked), pa.string()),
            "text": [text for _, _, text in asked],
            "tokens": token_lists([text for _, _, text in asked]),
            **{
                name: pa.nulls(len(asked), pa.string())
                for name in ("platform", "language", "country", "author_key", "post_type", "url")
            },
            "author_followers": pa.nulls(len(asked), pa.int64()),
        }
    )
    with duckdb.connect() as connection:
        connection.register("post_rows", posts)
        connection.execute("create table posts as from post_rows")
        tables = compiled_tables(listening, Pseudonyms(b"a key of sixteen bytes or more"))
        made = match_posts(connection, "brands", tables, "main.posts")
        kept = dict(
            ((int(key), entity), relevance)
            for key, entity, relevance in connection.execute(
                f"select post_key, entity_id, relevance from {made['int_query_matches']}"
            ).fetchall()
        )
        tables["relevance_weights"] = tables["relevance_weights"].slice(0, 0)
        made = match_posts(connection, "brands", tables, "main.posts")
        named = {
            (int(key), entity)
            for key, entity in connection.execute(
                f"select post_key, entity_id from {made['int_query_matches']}"
            ).fetchall()
        }
    for brand in brands:
        found = [
            (kept.get((number, brand), "dropped"), meant)
            for number, (b, meant, _) in enumerate(asked)
            if (number, brand) in named and b == brand
        ]
        meant = sum(m for _, m in found)
        base = meant / len(found)
        sure = [m for judged, m in found if judged == "relevant"]
        left = [m for judged, m in found if judged != "dropped"]
        figures = {
            "posts": len(found),
            "meant": round(base, 3),
            "precision_sure": round(sum(sure) / len(sure), 3),
            "recall_sure": round(sum(sure) / meant, 3),
            "precision_kept": round(sum(left) / len(left), 3),
            "recall_kept": round(sum(left) / meant, 3),
            "abstained": round(sum(judged == "unsure" for judged, _ in found) / len(found), 3),
        }
        record_property(brand, figures)
        assert figures["precision_sure"] > base + (1 - base) / 3, figures
        assert figures["recall_kept"] > 0.9, figures
        assert figures["precision_kept"] > base, figures
        assert 0 < figures["abstained"] < 0.35, figures
    assert brands == ["apple", "google", "microsoft", "twitter"]


@pytest.mark.parametrize("missing", ["context", "counter_examples"])
def test_examples_of_one_kind_are_refused(missing):
    relevance = {"context": ["iphone"], "counter_examples": ["apple pie"]}
    del relevance[missing]
    with pytest.raises(ValueError, match="Field required"):
        Listening.model_validate(
            {"version": 1, "brands": [{"name": "A", "terms": ["a"], "relevance": relevance}]}
        )
