"""Stands in for the process `preflight` where only the API's part is tested."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.preflight import short_path, socket_file
from infra.settings import Settings

ANSWER = {
    "file": "x",
    "ok": True,
    "document_id": "d",
    "verdict": {"indication": "TOTAL_PASSED"},
    "deliveries": [],
    "refusals": [],
    "deadlines": [],
    "notes": [],
}


@contextmanager
def answering(settings: Settings, said: bytes) -> Iterator[dict[Path, bytes]]:
    """Stand in for the process, which is tested by itself (`tests/shell/test_preflight_desk.py`); yield what it was asked about."""
    asked: dict[Path, bytes] = {}

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            """Answer one question."""
            path = Path(json.loads(self.rfile.readline())["path"])
            asked[path] = path.read_bytes()
            self.wfile.write(said)

    file = socket_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    with short_path(file) as path, socketserver.ThreadingUnixStreamServer(path, Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield asked
        server.shutdown()
