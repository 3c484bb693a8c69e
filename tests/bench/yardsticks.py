"""What the road is compared with: DuckDB merely reading the file, and what one would write in an afternoon.

Run as a process each: `python -m tests.bench.yardsticks read FILE`, `... naive FILE FOLDER`.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ingestion.home import PROJECT_ROOT


def read_with_duckdb(file: Path) -> int:
    """Parse a JSON lines file and touch every value, the least that any engine must do; return the rows."""
    import duckdb

    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
        relation = f"read_json('{file}', format = 'newline_delimited')"
        columns = [row[0] for row in connection.execute(f"describe from {relation}").fetchall()]
        touched = ", ".join(f'max(hash("{column}"))' for column in columns)
        return connection.execute(f"select count(*), {touched} from {relation}").fetchone()[0]


def naive_pipeline(file: Path, folder: Path) -> int:
    """Load dicts with dlt as it comes, take them out with pandas, and judge row by row; return the rows."""
    import dlt
    import duckdb
    import pandas as pd
    import yaml

    def posts() -> Iterator[dict]:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    warehouse = folder / "naive.duckdb"
    pipeline = dlt.pipeline(
        "naive",
        destination=dlt.destinations.duckdb(str(warehouse)),
        dataset_name="raw",
        pipelines_dir=str(folder),
    )
    pipeline.run(dlt.resource(posts, name="posts"))

    with duckdb.connect(str(warehouse)) as connection:
        frame = connection.execute("select * from raw.posts").df()
    listening = yaml.safe_load((PROJECT_ROOT / "listening.yml").read_text(encoding="utf-8"))
    brands = {
        brand["name"]: re.compile(
            "|".join(rf"\b{re.escape(term)}\b" for term in brand["terms"]), re.IGNORECASE
        )
        for brand in [*listening["brands"], *listening["rivals"]]
    }
    model = _model()
    mentions = []
    for _, row in frame.iterrows():
        text = f"{row['title'] or ''} {row['text'] or ''}"
        for brand, pattern in brands.items():
            if pattern.search(text):
                sentiment = model.predict([text])[0]
                mentions.append({"brand": brand, "day": row["created_at"].date(), "sentiment": sentiment})
    daily = pd.DataFrame(mentions).groupby(["brand", "day", "sentiment"]).size().reset_index(name="mentions")
    daily.to_parquet(folder / "mentions_daily.parquet")
    return len(frame)


def _model():
    """Return a scikit-learn pipeline trained on the project's own labelled sample."""
    import pandas as pd
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    folder = PROJECT_ROOT / "ml" / "sentiment" / "data"
    sample = pd.concat(pd.read_csv(path) for path in sorted(folder.glob("sample_*.csv")))
    model = make_pipeline(CountVectorizer(ngram_range=(1, 2), binary=True), LogisticRegression(max_iter=500))
    return model.fit(sample["text"], sample["label"])


def main() -> None:
    """Run one yardstick and print how many posts it read."""
    name, *paths = sys.argv[1:]
    yardstick = {"read": read_with_duckdb, "naive": naive_pipeline}[name]
    print(yardstick(*(Path(path) for path in paths)))


if __name__ == "__main__":
    main()
