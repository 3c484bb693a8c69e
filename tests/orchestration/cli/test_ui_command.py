"""`listenhouse ui` starts Dagster on this machine only."""

import socket
from pathlib import Path

from orchestration.cli.ui import dagster_command, dagster_environment


def test_dagster_serves_the_workspace_on_this_machine_only():
    command = dagster_command(3456)
    assert Path(command[0]).exists()
    assert command[1:] == ["dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", "3456"]


def test_dagster_gets_its_home_and_no_telemetry(tmp_path):
    environment = dagster_environment({"PATH": "/bin"}, tmp_path)
    assert environment["PATH"] == "/bin"
    assert environment["DAGSTER_HOME"] == str(tmp_path)
    assert environment["DAGSTER_DISABLE_TELEMETRY"] == "yes"


def test_a_taken_port_is_told_before_anything_starts(listenhouse):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = listenhouse("ui", "--port", str(port))
    assert done.code == 2
    assert f"listenhouse ui --port {port + 1}" in done.err
