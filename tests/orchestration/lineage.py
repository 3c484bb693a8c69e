"""Tells the Dagster definitions as text, one fact a line, so that a change of them shows as a diff."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagster import AssetKey, Definitions


def told(definitions: "Definitions") -> str:
    """Return assets with group, owners, kinds, what they are made from and their checks; jobs; automation."""
    return "\n".join([*_assets(definitions), *_jobs(definitions), *_automation(definitions)]) + "\n"


def _assets(definitions: "Definitions") -> Iterator[str]:
    graph = definitions.resolve_asset_graph()
    for key in sorted(graph.get_all_asset_keys(), key=_name):
        node = graph.get(key)
        yield f"asset {_name(key)}  [{node.group_name}; {_listed(node.kinds)}; {_listed(node.owners)}]"
        yield from (f"    from {_name(parent)}" for parent in sorted(node.parent_keys, key=_name))
        for check in sorted(node.check_keys, key=lambda check: check.name):
            yield f"    check {check.name}{'' if graph.get(check).blocking else '  [not blocking]'}"


def _jobs(definitions: "Definitions") -> Iterator[str]:
    named = sorted(job.name for job in definitions.jobs or [])
    for name in named:
        selected = definitions.resolve_job_def(name).asset_layer.selected_asset_keys
        yield f"job {name}"
        yield from (f"    {_name(key)}" for key in sorted(selected, key=_name))


def _automation(definitions: "Definitions") -> Iterator[str]:
    for schedule in definitions.schedules or []:
        yield (
            f"schedule {schedule.name}: {schedule.job_name} at {schedule.cron_schedule}, "
            f"{schedule.execution_timezone}, {schedule.default_status.value.lower()}"
        )
    for sensor in definitions.sensors or []:
        jobs = _listed(target.job_name for target in sensor.targets) or "no job"
        yield (
            f"sensor {sensor.name}: {jobs}, every {sensor.minimum_interval_seconds} s at most, "
            f"{sensor.default_status.value.lower()}"
        )


def _name(key: "AssetKey") -> str:
    return key.to_user_string()


def _listed(values: Iterable[str] | None) -> str:
    return ", ".join(sorted(values or []))
