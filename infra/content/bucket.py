"""The content store in a bucket that speaks S3: `PREFIX/ab/abcd…`, the same layout as in a folder.

A put becomes visible as a whole or not at all, multipart uploads too (S3: "Amazon S3 never adds partial objects"), so nothing
need be renamed into place. What must have a length or a path before it can be sent or read lies in a file without a name
below `var/spool` meanwhile: the kernel removes it however the process ends.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, S3Store

from infra.content.store import (
    CHUNK,
    ContentAwayError,
    ContentCorruptError,
    ContentMissingError,
    in_pieces,
    require_name,
)
from infra.settings import Settings
from schemas.events import ContentRef

if TYPE_CHECKING:  # the library has these names for type checkers only
    from obstore.store import ClientConfig, RetryConfig, S3Config

PART = 5 * CHUNK
"""Bytes of one part of a larger upload, the least that S3 takes; what is smaller goes up in one piece, from memory."""

PARTS_AT_ONCE = 2
CONNECT_SECONDS, SILENCE_SECONDS, REQUEST_SECONDS = 5, 10, 300
RETRY: "RetryConfig" = {
    "max_retries": 10,
    "retry_timeout": timedelta(seconds=15),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=3), "base": 2},
}
"""With the silence of one request half a minute at most: a process that waits longer would pass for one that stands still."""

SAID = re.compile(r"<Code>(\w+)</Code>|(status code: \d+)|(HTTP error: [^\n]*)")
"""Why a request failed, of all that the library tells; to a HEAD the server gives the status only."""

NO_BUCKET = "NoSuchBucket"
MEND = "see that the store runs and that bucket, endpoint, region and keys are right (LIENTHONG_CONTENT, AWS_…)"


class BucketStore:
    """Objects named by their SHA-256 below one prefix of one bucket."""

    def __init__(self, bucket: ObjectStore, *, url: str, spool: Path) -> None:
        """`url` names the store to people; `spool`: folder of this machine for what is on its way."""
        self._bucket, self._url, self._spool = bucket, url, spool

    def put(self, content: Iterable[bytes] | BinaryIO, media_type: str) -> ContentRef:
        """Store the bytes in constant memory: the hash, which names them, is known only when all have been seen."""
        self._spool.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with SpooledTemporaryFile(max_size=PART, dir=str(self._spool)) as spooled:
            for chunk in in_pieces(content):
                digest.update(chunk)
                size += len(chunk)
                spooled.write(chunk)
            spooled.seek(0)
            self._place(cast("IO[bytes]", spooled), digest.hexdigest(), size, media_type)
        return ContentRef(sha256=digest.hexdigest(), size=size, media_type=media_type)

    def _place(self, spooled: IO[bytes], sha256: str, size: int, media_type: str) -> None:
        """Send what is not there, or was cut short; of two writers at once the later one puts the same bytes."""
        if self._size(sha256) == size:
            return
        with self._asked():
            obstore.put(
                self._bucket,
                _key(sha256),
                spooled,
                attributes={"Content-Type": media_type},
                use_multipart=size > PART,
                chunk_size=PART,
                max_concurrency=PARTS_AT_ONCE,
            )

    def read(self, sha256: str, *, limit: int | None = None) -> bytes:
        """Return the bytes, verified against their name; no more is fetched than the limit allows."""
        found = bytearray()
        for piece in self.pieces(sha256):
            found += piece
            if limit is not None and len(found) > limit:
                raise ContentCorruptError(f"{sha256}: larger than {limit} bytes")
        if hashlib.sha256(found).hexdigest() != sha256:
            raise ContentCorruptError(sha256)
        return bytes(found)

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """Yield the object as it lies there; a connection that breaks is taken up again where it broke."""
        key = _key(sha256)
        with self._asked(sha256):
            for piece in obstore.get(self._bucket, key).stream(min_chunk_size=CHUNK):
                yield bytes(piece)

    @contextmanager
    def lend(self, sha256: str) -> Iterator[Path]:
        """Fetch the bytes, verified, into a file without a name; its path is good for this process' children too."""
        self._spool.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with TemporaryFile(dir=self._spool) as file:
            for piece in self.pieces(sha256):
                digest.update(piece)
                file.write(piece)
            file.flush()
            if digest.hexdigest() != sha256:
                raise ContentCorruptError(sha256)
            yield Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")

    def exists(self, sha256: str) -> bool:
        """Tell whether something lies under this SHA-256."""
        return self._size(sha256) is not None

    def _size(self, sha256: str) -> int | None:
        key = _key(sha256)
        try:
            with self._asked(sha256):
                return obstore.head(self._bucket, key)["size"]
        except ContentMissingError:
            return None

    @contextmanager
    def _asked(self, sha256: str = "") -> Iterator[None]:
        """Say in our own words what the library raises (its own may go on for pages); `sha256`: what is asked for, and may be missing."""
        try:
            yield
        except FileNotFoundError as exc:
            if sha256 and _why(exc) != NO_BUCKET:
                raise ContentMissingError(sha256) from None
            raise ContentAwayError(f"{self._url}: {_why(exc)}", MEND) from None
        except BaseError as exc:
            raise ContentAwayError(f"{self._url}: {_why(exc)}", MEND) from None


def open_bucket(settings: Settings) -> BucketStore:
    """Return the bucket the settings name; what they leave open (roles of a machine, say) the library finds as AWS' own tools do."""
    url = urlsplit(settings.content)
    config: S3Config = {"region": settings.s3_region}
    options: ClientConfig = {
        "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
        "read_timeout": timedelta(seconds=SILENCE_SECONDS),
        "timeout": timedelta(seconds=REQUEST_SECONDS),
    }
    if settings.s3_endpoint:
        config["endpoint"] = settings.s3_endpoint
        options["allow_http"] = settings.s3_endpoint.startswith("http:")
    if settings.s3_key:
        config["access_key_id"], config["secret_access_key"] = settings.s3_key, settings.s3_secret_key
    if settings.s3_ca:
        options["root_certificate"] = settings.s3_ca.read_bytes()
    bucket = S3Store(
        url.netloc, prefix=url.path.strip("/") or None, config=config, client_options=options, retry_config=RETRY
    )
    return BucketStore(bucket, url=settings.content_url, spool=settings.var / "spool")


def _key(sha256: str) -> str:
    return f"{require_name(sha256)[:2]}/{sha256}"


def _why(exc: Exception) -> str:
    """Return the server's own code of an error, else what is known of it."""
    said = [each for found in SAID.findall(str(exc)) for each in found if each]
    return next((each for each in said if not each.startswith("status")), said[0] if said else type(exc).__name__)
