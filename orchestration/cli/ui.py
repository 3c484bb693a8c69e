"""`listenhouse ui`: Dagster's user interface on this machine."""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

HOST = "127.0.0.1"
EXAMPLES = """Examples:

- `listenhouse ui`
- `listenhouse ui --port 3001`
"""


@told
def ui(port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 3000) -> None:
    """Open the lineage, runs, checks and schedules in Dagster on http://127.0.0.1:3000.

    Listens on this machine only. Schedules and sensors run while it is open. Ctrl-C ends it.
    """
    from ingestion.home import PROJECT_ROOT, Home
    from orchestration.instance import prepare_instance

    if not _is_free(port):
        fail(
            f"Port {port} on {HOST} is taken. Remedy: end what uses it, or listenhouse ui --port {port + 1}.",
            BAD_INPUT,
        )
    home = Home.find()
    prepare_instance(home)
    typer.echo(f"Dagster starts on http://{HOST}:{port} (Ctrl-C ends it).")
    os.chdir(PROJECT_ROOT)
    command = dagster_command(port)
    os.execve(command[0], command, dagster_environment(os.environ, home.dagster))


def dagster_command(port: int) -> list[str]:
    """Return the command that serves the workspace: web server and daemon in one."""
    dagster = str(Path(sys.executable).with_name("dagster"))
    return [dagster, "dev", "-w", "workspace.yaml", "-h", HOST, "-p", str(port)]


def dagster_environment(environment: dict[str, str], dagster_home: Path) -> dict[str, str]:
    """Return the environment for Dagster and what it starts: its home folder, and no telemetry."""
    from orchestration.instance import QUIET

    return {**environment, **QUIET, "DAGSTER_HOME": str(dagster_home)}


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
