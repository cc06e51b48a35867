"""A stand-in for a schema registry: the part of Confluent's REST interface that `infra.kafka.registry` and its readers use.

It keeps Confluent's rules for ids (given in mode IMPORT only, one schema an id); a real registry is tried elsewhere.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, Any]]


class Registry:
    """What it remembers; `imports` tells whether it lets itself be told ids."""

    def __init__(self, *, imports: bool = True) -> None:
        self.imports = imports
        self.schemas: dict[int, str] = {}
        self.subjects: dict[str, dict[int, int]] = {}
        self.modes: dict[str, str] = {}
        self.levels: dict[str, str] = {}
        self.writes = 0
        self.url = ""

    def answer(self, method: str, path: str, given: dict[str, Any]) -> Answer:
        """Answer one request."""
        self.writes += method != "GET"
        for known, pattern, act in self._routes():
            if method == known and (found := re.fullmatch(pattern, path)):
                answered: Answer = act(*found.groups(), given)
                return answered
        return 404, {"error_code": 404, "message": "HTTP 404 Not Found"}

    def _routes(self) -> list[tuple[str, str, Any]]:
        subject = "([^/?]+)"
        return [
            ("GET", rf"/subjects/{subject}/versions/(\d+)", self._version),
            ("POST", rf"/subjects/{subject}/versions", self._register),
            ("GET", r"/schemas/ids/(\d+)(?:\?.*)?", self._by_id),
            ("PUT", rf"/mode/{subject}(?:\?.*)?", self._mode),
            ("GET", rf"/config/{subject}(?:\?.*)?", self._level),
            ("PUT", rf"/config/{subject}", self._set_level),
        ]

    def _version(self, subject: str, version: str, _given: dict[str, Any]) -> Answer:
        schema_id = self.subjects.get(subject, {}).get(int(version))
        if schema_id is None:
            return 404, {"error_code": 40402, "message": "Version not found."}
        return 200, {"subject": subject, "version": int(version), "id": schema_id, "schema": self.schemas[schema_id]}

    def _register(self, subject: str, given: dict[str, Any]) -> Answer:
        importing = self.modes.get(subject) == "IMPORT"
        if ("id" in given) != importing:
            return 422, {"error_code": 42205, "message": f"Subject {subject} is in the wrong mode"}
        schema_id = given.get("id") or max(self.schemas, default=0) + 1
        if self.schemas.get(schema_id, given["schema"]) != given["schema"]:
            return 422, {"error_code": 42207, "message": f"Overwrite new schema with id {schema_id} is not permitted"}
        versions = self.subjects.setdefault(subject, {})
        versions[given.get("version") or len(versions) + 1] = schema_id
        self.schemas[schema_id] = given["schema"]
        return 200, {"id": schema_id}

    def _by_id(self, schema_id: str, _given: dict[str, Any]) -> Answer:
        if int(schema_id) not in self.schemas:
            return 404, {"error_code": 40403, "message": "Schema not found"}
        return 200, {"schema": self.schemas[int(schema_id)]}

    def _mode(self, subject: str, given: dict[str, Any]) -> Answer:
        if not self.imports:
            return 405, {"error_code": 405, "message": "HTTP 405 Method Not Allowed"}
        self.modes[subject] = given["mode"]
        return 200, given

    def _level(self, subject: str, _given: dict[str, Any]) -> Answer:
        return 200, {"compatibilityLevel": self.levels.get(subject, "BACKWARD")}

    def _set_level(self, subject: str, given: dict[str, Any]) -> Answer:
        self.levels[subject] = given["compatibility"]
        return 200, given


@contextmanager
def serving(registry: Registry) -> Iterator[Registry]:
    """Serve it on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def answer(self) -> None:
            """Hand it on as values."""
            length = int(self.headers.get("Content-Length") or 0)
            status, said = registry.answer(self.command, self.path, json.loads(self.rfile.read(length) or b"{}"))
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = answer  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    registry.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
