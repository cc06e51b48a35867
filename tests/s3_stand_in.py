"""A bucket in this process that speaks as much of S3 as the content store uses, and fails as it is told to; signatures are not looked at.

Amazon S3, API reference: PutObject, GetObject (with Range), HeadObject, CreateMultipartUpload, UploadPart, CompleteMultipartUpload,
AbortMultipartUpload. The real server is asked the same by the slow tests.
"""

import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

ERROR = '<?xml version="1.0"?><Error><Code>{code}</Code></Error>'
XML = (
    '<?xml version="1.0"?><{name}><Bucket>b</Bucket><Key>k</Key><UploadId>{upload}</UploadId><ETag>"e"</ETag></{name}>'
)


class StandIn(ThreadingHTTPServer):
    """The server; `objects` is what everybody sees."""

    daemon_threads = True

    def __init__(self, bucket: str) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.bucket = bucket
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.requests: list[str] = []
        """Method and number of bytes of each request."""

        self.fails: list[tuple[int, str]] = []
        """Status and code that the next requests are answered with."""

        self.fails_gets: list[tuple[int, str]] = []
        """The same, of the next GETs alone."""

        self.cuts: list[int] = []
        """After so many bytes the next bodies end, and the connection with them."""


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self._serve()

    do_GET = do_HEAD = do_POST = do_DELETE = do_PUT  # noqa: N815 - the library's names

    def _serve(self) -> None:
        there, url = cast("StandIn", self.server), urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        bucket, _, key = unquote(url.path).removeprefix("/").partition("/")
        there.requests.append(f"{self.command} {len(body)}")
        if there.fails:
            self._error(*there.fails.pop(0))
        elif there.fails_gets and self.command == "GET":
            self._error(*there.fails_gets.pop(0))
        elif bucket != there.bucket:
            self._error(404, "NoSuchBucket")
        elif self.command in ("GET", "HEAD"):
            self._give(there, key)
        elif "uploadId" in asked or "uploads" in asked:
            self._upload(there, key, asked, body)
        else:
            there.objects[key] = body
            self._answer(200)

    def _upload(self, there: StandIn, key: str, asked: dict[str, str], body: bytes) -> None:
        upload = asked.get("uploadId", "")
        if "uploads" in asked:
            upload = uuid.uuid4().hex
            there.uploads[upload] = {}
            self._answer(200, XML.format(name="InitiateMultipartUploadResult", upload=upload).encode())
        elif self.command == "PUT":
            there.uploads[upload][int(asked["partNumber"])] = body
            self._answer(200)
        elif self.command == "POST":
            there.objects[key] = b"".join(part for _, part in sorted(there.uploads.pop(upload).items()))
            self._answer(200, XML.format(name="CompleteMultipartUploadResult", upload=upload).encode())
        else:
            there.uploads.pop(upload, None)
            self._answer(204)

    def _give(self, there: StandIn, key: str) -> None:
        if (found := there.objects.get(key)) is None:
            self._error(404, "NoSuchKey")
            return
        if wanted := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(wanted[1]), int(wanted[2] or len(found) - 1)
            self._answer(206, found[first : last + 1], f"bytes {first}-{last}/{len(found)}")
        else:
            self._answer(200, found)

    def _error(self, status: int, code: str) -> None:
        self._answer(status, ERROR.format(code=code).encode())

    def _answer(self, status: int, body: bytes = b"", within: str = "") -> None:
        there = cast("StandIn", self.server)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 02:00:00 GMT")
        if within:
            self.send_header("Content-Range", within)
        self.end_headers()
        if self.command == "HEAD":
            return
        if there.cuts and status < 300 and body:
            self.wfile.write(body[: there.cuts.pop(0)])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def stand_in(bucket: str = "contents") -> Iterator[StandIn]:
    """Serve an empty bucket on a free port of loopback."""
    server = StandIn(bucket)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    serving.start()
    try:
        yield server
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
