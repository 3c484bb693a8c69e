"""One published post and the model that scored it: what its words add to each label."""

from dataclasses import dataclass
from datetime import datetime

import duckdb
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.home import Home
from ml.explain import term_effects
from ml.registry import Model, list_models
from ml.tokens import tokens_sql
from ml.weights import read_weights
from orchestration.publish.content import literal
from orchestration.publish.release import current_release

_POST_SQL = """
select
    posts.posted_at, posts.platform, posts.language, concat_ws(' ', posts.title, posts.text) as text,
    {tokens} as tokens,
    (
        select max(model_version) from listenhouse.marts.fct_mention_{model} as scored
        where scored.post_key = posts.post_key
    ) as model_version
from listenhouse.marts.fct_posts as posts
where posts.post_key = $post_key
"""


class NotExplained(Exception):
    """There is nothing to explain; the message says why and what to do."""


@dataclass(frozen=True)
class Explained:
    """A post and, for each term that the model knows, its effect on every label in logits."""

    posted_at: datetime
    platform: str | None
    language: str | None
    text: str
    model: Model
    labels: list[str]
    effects: pd.DataFrame

    @property
    def logits(self) -> dict[str, float]:
        """The sum of all effects by label."""
        return {label: float(self.effects[f"effect_{label}"].sum()) for label in self.labels}


def explain_post(home: Home, post_key: str, model_name: str) -> Explained:
    """Explain a post of the current release by the version of a model (sentiment, topics) that scored it there.

    A post that was not scored is explained by the current version. The warehouse is not touched. Raises
    NoRelease, and NotExplained for an unknown post, a language without weights or a version that is gone.
    """
    release = current_release(home)
    tokens = tokens_sql("concat_ws(' ', posts.title, posts.text)")
    query = _POST_SQL.replace("{model}", model_name).replace("{tokens}", tokens)
    with duckdb.connect(":memory:", config={"memory_limit": "2GB", "threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(release.database)} as listenhouse (read_only)")
        row = connection.execute(query, {"post_key": post_key}).fetchone()
    if row is None:
        raise NotExplained(
            f"There is no post {post_key!r} in release {release.release_id}. Remedy: take a post_key from "
            'fct_posts, for example: listenhouse query "select post_key from fct_mention_sentiment limit 5".'
        )
    posted_at, platform, language, text, tokens, version = row
    model = _model(home, model_name, version)
    labels = pq.read_table(model.folder / "labels.parquet")["label"].to_pylist()
    weights = read_weights(model.folder / "weights.parquet")
    weights = weights.filter(pc.equal(weights["language"], language or ""))
    effects = term_effects(
        tokens or [], language or "", weights, labels, contrasted=model_name == "sentiment"
    )
    if effects.empty:
        raise NotExplained(
            f"{post_key} is unscored: model {model_name} {model.version} knows no {language or 'unknown language'}, "
            f"only {', '.join(model.card['languages'])}. Remedy: none is needed; an unscored post is in no share."
        )
    return Explained(posted_at, platform, language, text, model, labels, effects)


def _model(home: Home, name: str, version: str | None) -> Model:
    versions = [model for model in list_models(home.models) if model.name == name]
    wanted = [
        model for model in versions if (model.is_current if version is None else model.version == version)
    ]
    if not wanted:
        raise NotExplained(
            f"The release was scored by {name} {version}, which is no longer in {home.models}. Remedy: "
            "listenhouse run scores all posts by the current version."
        )
    return wanted[0]
