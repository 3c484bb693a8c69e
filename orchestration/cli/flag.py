"""`listenhouse flag`: pass a post on; `listenhouse flags`: receive what others pass on."""

import os
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, UNEXPECTED, fail, told

EXAMPLES = """Examples:

- `listenhouse flag https://social.example/@ann/123 --kind lead --note "asks for a quote"`
- `listenhouse flag mastodon:123 --kind issue --note "broken on arrival" --by mira`

listening.yml has to read them: `sources: {files: {enabled: true, shipped: [employee_flags]}}`.
"""
RECEIVER_EXAMPLES = """Examples:

- `LISTENHOUSE_FLAGS_TOKEN=... listenhouse flags --port 8765`, then
  `curl -H "Authorization: Bearer ..." -d '{"post": "https://...", "kind": "lead"}' http://127.0.0.1:8765/flags`
"""
TOKEN = "LISTENHOUSE_FLAGS_TOKEN"


@told
def flag(
    post: Annotated[str, typer.Argument(help="Address of the post, or its post_key.")],
    kind: Annotated[str, typer.Option(help="lead, issue, praise or other.")] = "other",
    note: Annotated[str | None, typer.Option(help="What you say about it.", show_default=False)] = None,
    by: Annotated[
        str | None, typer.Option(help="Who passes it on; lands as a pseudonym.", show_default=False)
    ] = None,
) -> None:
    """Pass a post on: a lead, an issue, praise. The next run lands it into mart_employee_flags."""
    from ingestion.flags import FlagError, make_flag, write_flag

    drop = _drop()
    try:
        made = make_flag(post, kind=kind, note=note, employee=by)
    except FlagError as error:
        fail(f"{error}.", BAD_INPUT)
    try:
        path = write_flag(made, drop)
    except OSError as error:
        fail(f"{drop}: the flag is not kept: {error.strerror}. Remedy: check the drop folder.", UNEXPECTED)
    typer.echo(f"{path}: passed on as {made.kind}")


@told
def flags(
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")
    ] = 8765,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Receive flags by HTTP until stopped: POST /flags, with the token of LISTENHOUSE_FLAGS_TOKEN."""
    from ingestion.flag_receiver import PATH, FlagReceiver

    drop = _drop()
    token = os.environ.get(TOKEN, "")
    if not token:
        fail(f"{TOKEN} is not set. Remedy: set it to a long random text that senders know, too.", BAD_INPUT)
    try:
        receiver = FlagReceiver(host, port, token, drop)
    except (ValueError, OSError) as error:
        fail(f"{host}:{port}: {error}.", BAD_INPUT)
    with receiver:
        typer.echo(f"Receiving flags at http://{host}:{receiver.server_address[1]}{PATH} until stopped.")
        receiver.serve_forever()


def _drop() -> Path:
    """Return the drop folder; say so where nothing reads the flags in it."""
    from ingestion.home import Home
    from ingestion.listening import load_listening

    home = Home.find()
    files = load_listening(home.config).sources.files
    reads = any(mapping.resource == "employee_flags" for mapping in files.every_mapping())
    if not (files.enabled and reads):
        typer.echo(
            "No run will read it yet. Remedy: add shipped: [employee_flags] under sources.files, enabled.",
            err=True,
        )
    return files.path(home)
