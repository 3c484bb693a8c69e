"""Posts of the project's own sample as a release holds them, scored by the shipped model, their labels known."""

import duckdb
import pandas as pd

from ingestion.home import Home
from ml.evaluate import score_texts
from ml.registry import current_model
from ml.sentiment.sample import read_sample
from ml.weights import read_weights

FORMULA = '=HYPERLINK("//evil.example") love'


def write_scored_posts(home: Home, *, more: list[str] | None = None) -> dict[str, str]:
    """Replace the warehouse's marts; return post_key -> true label. `more` are further texts, labelled neutral."""
    sample = read_sample("en")[["text", "label"]]
    extra = pd.DataFrame({"text": more or [], "label": "neutral"})
    posts = pd.concat([sample, extra], ignore_index=True)
    posts["post_key"] = [f"d:{number}" for number in posts.index]
    posts["platform"] = ["x" if number % 3 else "reddit" for number in posts.index]
    model = current_model("sentiment")
    scored = score_texts(posts["text"], "en", read_weights(model.folder / "weights.parquet"))
    posts = posts.join(scored[["sentiment", "p_negative", "p_neutral", "p_positive"]])
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute("set TimeZone = 'UTC'; create schema if not exists marts")
        warehouse.register("posts", posts)
        warehouse.execute(
            """
            create or replace table marts.fct_posts as
            select post_key, cast(null as varchar) as title, text, 'en' as language, platform,
                timestamptz '2026-03-01 10:00:00+00' as posted_at,
                timestamptz '2026-03-01 11:00:00+00' as last_observed_at
            from posts
            """
        )
        warehouse.execute(
            f"""
            create or replace table marts.fct_mention_sentiment as
            select post_key, platform, 'en' as language, true as is_counted, sentiment as sentiment_label,
                p_negative, p_neutral, p_positive, '{model.version}' as model_version
            from posts
            """
        )
        warehouse.execute(
            """
            create or replace table marts.fct_mention_topics as
            select post_key, case when ends_with(post_key, '1') then 'price' else 'taste' end as topic,
                0.9 as topic_probability
            from posts where not ends_with(post_key, '7')
            """
        )
        warehouse.execute("create schema if not exists listening")
        warehouse.execute("create or replace table listening.settings as select true as is_synthetic")
    return dict(zip(posts["post_key"], posts["label"], strict=True))
