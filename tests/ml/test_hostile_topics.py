"""Topics are data: names, seeds and examples that mean something to SQL, Jinja or a shell stay words."""

import duckdb
import pyarrow as pa
import pytest
import yaml

from ml.evaluate import SCORE_MACROS
from ml.macros import render_macro
from ml.registry import warehouse_tables
from ml.tokens import token_lists
from ml.topics.taxonomy import TaxonomyError, load_taxonomy
from ml.train import train_topics
from tests.orchestration.cli.spoken_posts import HOSTILE


def _taxonomy(tmp_path, **first_topic):
    """Write a taxonomy of one hostile and one plain topic."""
    hostile = {
        "id": "hostile",
        "name": " ".join(HOSTILE),
        "description": " ".join(HOSTILE),
        "seeds": {"en": ["drop table", "etc", "calc"]},
        "examples": {"en": [f"{text} zorg" for text in HOSTILE]},
    }
    plain = {
        "id": "price",
        "name": "Price",
        "description": "Posts that are about the price.",
        "seeds": {"en": ["price"]},
        "examples": {"en": [f"what a price number {number}" for number in range(len(HOSTILE))]},
    }
    content = {
        "version": 1,
        "languages": ["en"],
        "topics": [hostile | first_topic, plain],
        "background": {"en": [f"good morning number {number}" for number in range(20)]},
    }
    path = tmp_path / "taxonomy.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_a_hostile_topic_is_trained_stored_and_scored_as_text(tmp_path):
    version = train_topics(tmp_path / "models", taxonomy_path=_taxonomy(tmp_path)).version
    tables = warehouse_tables(tmp_path / "models")
    posts = [f"{text} zorg" for text in HOSTILE] + ["what a price", "nothing of the kind"]
    query = render_macro(
        SCORE_MACROS, "topic_scores", "posts", ["position"], "tokens", "topic_weights", "labels"
    )
    with duckdb.connect() as connection:
        connection.register("tables_weights", tables["model_weights"])
        connection.register("tables_labels", tables["model_labels"])
        for table, source in (("topic_weights", "tables_weights"), ("labels", "tables_labels")):
            connection.execute(f"create table {table} as from {source} where model_version = '{version}'")
        connection.register(
            "posts",
            pa.table(
                {
                    "position": range(len(posts)),
                    "language": ["en"] * len(posts),
                    "tokens": pa.array(token_lists(posts), pa.list_(pa.string())),
                }
            ),
        )
        found = connection.execute(query).df()
        assert connection.execute("select count(*) from topic_weights").fetchone()[0] > 0
        descriptions = dict(connection.execute("select label, description from labels").fetchall())
    assert set(found.loc[found["topic"] == "hostile", "position"]) == set(range(len(HOSTILE)))
    assert set(found.loc[found["topic"] == "price", "position"]) == {len(HOSTILE)}
    assert set(descriptions) == {"hostile", "price"}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_id_is_refused_and_named(tmp_path, text):
    with pytest.raises(TaxonomyError, match="id"):
        load_taxonomy(_taxonomy(tmp_path, id=text))
