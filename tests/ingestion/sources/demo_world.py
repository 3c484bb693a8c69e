"""Worlds of the demo source that several tests look at, each made once."""

from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from ingestion.home import PROJECT_ROOT, Home
from ingestion.listening import Listening, load_listening
from ingestion.sources.demo.posts import World, build_world


@cache
def default_world() -> World:
    """The world of the shipped listening.yml."""
    return build_world()


@cache
def observations() -> pd.DataFrame:
    """All observations of the default world, tombstones too."""
    return default_world().observations.to_pandas()


@cache
def posts() -> pd.DataFrame:
    """The first observation of each post of the default world, with what was planted beside it."""
    seen = observations().drop_duplicates("post_id")
    planted = default_world().truth.to_pandas().drop(columns=["platform", "post_type", "language", "country"])
    return seen.merge(planted, on="post_id", suffixes=("", "_planted"), validate="one_to_one")


def demo_listening(folder: Path, **settings: object) -> tuple[Home, Listening]:
    """Write the shipped listening.yml with other settings of the demo source; return home and content."""
    content = yaml.safe_load((PROJECT_ROOT / "listening.yml").read_text(encoding="utf-8"))
    content["sources"]["demo"] |= settings
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "listening.yml"
    config.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return Home(root=folder, config=config), load_listening(config)
