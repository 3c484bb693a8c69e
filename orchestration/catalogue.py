"""What the dbt project says of its marts beside their columns: department, owner, purpose."""

import json

from orchestration.dbt import ensure_manifest
from orchestration.publish.dictionary import MartFacts


def mart_catalogue() -> dict[str, MartFacts]:
    """Return the facts of each mart by its name. Raises ManifestError if the project does not parse."""
    manifest = json.loads(ensure_manifest().read_text(encoding="utf-8"))
    owners = {group["name"]: group["owner"]["name"] for group in manifest["groups"].values()}
    return {
        node["name"]: MartFacts(
            department=node["config"]["group"],
            owner=owners.get(node["config"]["group"]),
            impact_area=node["config"]["meta"].get("impact_area"),
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }
