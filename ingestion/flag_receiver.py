"""A small receiver of flags: POST /flags with a token, one JSON object of at most 16 KB, nothing else.

For a form, a chat command or a browser button inside the company. It listens on 127.0.0.1 unless told otherwise, and
speaks no TLS: put a proxy that does in front before others can reach it.
"""

import hmac
import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ingestion.flags import FlagError, flag_of, write_flag

PATH = "/flags"
MAX_BYTES = 16 * 1024
PATIENCE_S = 10.0
"""Seconds that a client may take to say something; then its connection is closed."""
MIN_TOKEN = 16


class FlagReceiver(ThreadingHTTPServer):
    """Receives flags until it is shut down, each in a thread of its own. Raises ValueError for a weak token."""

    daemon_threads = True

    def __init__(self, host: str, port: int, token: str, drop: Path) -> None:
        if len(token) < MIN_TOKEN or not (token.isascii() and token.isprintable()) or " " in token:
            raise ValueError(
                f"the token needs {MIN_TOKEN} characters or more, without blanks. "
                "Remedy: python -c 'import secrets; print(secrets.token_urlsafe())'"
            )
        super().__init__((host, port), _Handler)
        self.token = token
        self.drop = drop


class _Handler(BaseHTTPRequestHandler):
    server: FlagReceiver
    protocol_version = "HTTP/1.1"
    server_version = "listenhouse"
    sys_version = ""
    timeout = PATIENCE_S

    def do_POST(self) -> None:
        """Take one flag."""
        # Whatever is wrong, the body may be unread: the connection ends with the answer.
        self.close_connection = True
        if self.path != PATH:
            return self._answer(HTTPStatus.NOT_FOUND, error=f"flags are sent to {PATH}")
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {self.server.token}".encode()):
            return self._answer(
                HTTPStatus.UNAUTHORIZED, error="send the header Authorization: Bearer <token>"
            )
        size = self.headers.get("Content-Length", "")
        if not (size.isascii() and size.isdigit()):
            return self._answer(HTTPStatus.LENGTH_REQUIRED, error="send a Content-Length")
        if int(size) > MAX_BYTES:
            return self._answer(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error=f"a flag has at most {MAX_BYTES} bytes"
            )
        body = self.rfile.read(int(size))
        if len(body) < int(size):
            return None  # the client went away
        try:
            flag = flag_of(json.loads(body.decode("utf-8")))
        except FlagError as error:
            return self._answer(HTTPStatus.BAD_REQUEST, error=str(error))
        except (ValueError, RecursionError):
            return self._answer(HTTPStatus.BAD_REQUEST, error="the body is no JSON in UTF-8")
        try:
            write_flag(flag, self.server.drop)
        except OSError as error:
            return self._answer(HTTPStatus.INSUFFICIENT_STORAGE, error=f"not kept: {error.strerror}")
        return self._answer(HTTPStatus.CREATED, flag_id=flag.flag_id)

    def _answer(self, status: HTTPStatus, **told: Any) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: addresses of colleagues are nobody's business."""
