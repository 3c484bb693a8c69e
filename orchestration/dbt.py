"""The dbt project as Dagster sees it: one manifest, one translator, one command line."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dagster import AssetSpec
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, DbtProject
from packaging.version import Version

from ingestion.home import PROJECT_ROOT, Home
from orchestration.freshness import MARTS_FRESHNESS

PROJECT_DIR = PROJECT_ROOT / "transform"
TARGET = PROJECT_DIR / "target"
TARGET_NAME = "duckdb"
PARSED = "partial_parse.msgpack"
LAYER_OWNERS = ["team:analytics-engineering"]
"""Owners of staging and intermediate models; marts are owned by their dbt group."""


class ManifestError(RuntimeError):
    """The dbt project does not parse; the message is dbt's own."""


class InstalledDbt(DbtCliResource):
    """The dbt command line of this environment, whose version need not be asked for."""

    @cached_property
    def _cli_version(self) -> Version:
        # The stock resource runs `dbt --version` before every command: three seconds of imports.
        return Version(version("dbt-core"))


class Translator(DagsterDbtTranslator):
    """Keeps dbt's [schema, name] as the asset key, and adds owners and freshness to marts."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Return the dbt group of a mart, and the layer of everything else."""
        return super().get_group_name(dbt_resource_props) or dbt_resource_props.get("schema")

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> AssetSpec:
        """Return dagster-dbt's spec with owners for every layer, and the marts' freshness policy."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        if not spec.owners:
            spec = spec.replace_attributes(owners=LAYER_OWNERS)
        if self.get_resource_props(manifest, unique_id).get("schema") == "marts":
            spec = spec.replace_attributes(freshness_policy=MARTS_FRESHNESS)
        return spec


def translator() -> Translator:
    """Return the translator with dbt tests as asset checks."""
    return Translator(settings=DagsterDbtTranslatorSettings(enable_asset_checks=True))


def dbt_project() -> DbtProject:
    """Return the project with a manifest that is up to date with its files. Raises ManifestError."""
    ensure_manifest()
    return DbtProject(project_dir=PROJECT_DIR, profiles_dir=PROJECT_DIR, target=TARGET_NAME)


def dbt_cli() -> DbtCliResource:
    """Return the dbt command line for the project."""
    return InstalledDbt(
        project_dir=str(PROJECT_DIR),
        profiles_dir=str(PROJECT_DIR),
        target=TARGET_NAME,
        dbt_executable=str(Path(sys.executable).with_name("dbt")),
    )


def dbt_environment(home: Home) -> dict[str, str]:
    """Return the variables that dbt runs with.

    What dbt has parsed holds for one path of the warehouse, to the letter. So the path is told from `~`,
    which DuckDB resolves, and `~` is the home of Listenhouse: one parsing serves every home.
    """
    return {"HOME": str(home.root), "LISTENHOUSE_WAREHOUSE": _warehouse_told(home)}


def _warehouse_told(home: Home) -> str:
    return f"~/{home.warehouse.relative_to(home.root)}"


@contextmanager
def dbt_started_in(home: Home) -> Iterator[None]:
    """Have commands that start in this block work on a home's warehouse, and find the project parsed."""
    parsed = home.dbt / PARSED
    if not parsed.exists() and (TARGET / PARSED).exists():
        home.dbt.mkdir(parents=True, exist_ok=True)
        aside = parsed.with_suffix(f".{os.getpid()}.tmp")
        shutil.copyfile(TARGET / PARSED, aside)
        aside.replace(parsed)
    before = {name: os.environ.get(name) for name in dbt_environment(home)}
    os.environ.update(dbt_environment(home))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def ensure_manifest() -> Path:
    """Parse the project if its files changed since the manifest was written; return the manifest's path.

    Raises ManifestError with dbt's message if it does not parse.
    """
    manifest = TARGET / "manifest.json"
    stamp = TARGET / "manifest.sha256"
    TARGET.mkdir(exist_ok=True)
    with open(TARGET / ".parse.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _project_hash()
        if manifest.exists() and stamp.exists() and stamp.read_text() == wanted:
            return manifest
        stamp.unlink(missing_ok=True)  # until it is whole, the manifest is nobody's
        dbt = Path(sys.executable).with_name("dbt")
        command = [str(dbt), "parse", "--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
        # The target is named as dagster-dbt names it: otherwise dbt would parse again.
        command += ["--target", TARGET_NAME]
        environment = os.environ | dbt_environment(Home.find()) | {"DO_NOT_TRACK": "1"}
        parsed = subprocess.run(command, capture_output=True, text=True, env=environment)
        if parsed.returncode != 0:
            raise ManifestError(
                f"{PROJECT_DIR} does not parse:\n{parsed.stdout}{parsed.stderr}\n"
                "Remedy: correct the file that dbt names and run again."
            )
        stamp.write_text(wanted)
    return manifest


def _project_hash() -> str:
    """Return a hash of all that what dbt parses depends on."""
    parsed_by = [version("dbt-core"), TARGET_NAME, _warehouse_told(Home.find())]
    digest = hashlib.sha256("\n".join(parsed_by).encode())
    for folder in ("models", "macros", "materializations", "seeds", "tests"):
        for path in sorted((PROJECT_DIR / folder).rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(PROJECT_DIR).as_posix().encode())
                digest.update(path.read_bytes())
    for name in ("dbt_project.yml", "profiles.yml"):
        digest.update((PROJECT_DIR / name).read_bytes())
    return digest.hexdigest()
