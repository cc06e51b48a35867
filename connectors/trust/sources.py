"""Where revocation lists come from: a file, a folder, or a URL of a distribution point. A source that fails is named, and the others go on."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from schemas.reference.trust import MAX_CRL

SUFFIXES = (".crl", ".pem", ".der")
SECONDS = 30.0
"""What a server may take between two bytes."""

_PEM = re.compile(rb"-----BEGIN X509 CRL-----\s+([A-Za-z0-9+/=\s]+?)-----END X509 CRL-----")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A list as it was obtained."""

    given: str
    """The source as it is configured."""

    source: str
    """The very file or URL."""

    der: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFetched:
    """A source that gave nothing."""

    given: str
    source: str
    why: str


def fetch(sources: Iterable[str]) -> Iterator[Fetched | NotFetched]:
    """Yield every list of every source; raises nothing for what a source may do."""
    for given in sources:
        for source, read in _places(given):
            try:
                for der in _lists(read()):
                    yield Fetched(given=given, source=source, der=der)
            except (OSError, HTTPException, ValueError) as exc:
                yield NotFetched(given=given, source=source, why=str(exc) or type(exc).__name__)


def is_url(source: str) -> bool:
    """Tell a URL from a path."""
    return urlsplit(source).scheme in ("http", "https")


def _places(given: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield what a source consists of, and how each part is read."""
    path = Path(given)
    if is_url(given):
        yield given, partial(_download, given)
    elif not path.is_dir():
        yield given, partial(_read, path)
    else:
        for each in sorted(path.iterdir()):
            if each.suffix.lower() in SUFFIXES and each.is_file():
                yield str(each), partial(_read, each)


def _read(path: Path) -> bytes:
    if path.stat().st_size > 2 * MAX_CRL:
        raise ValueError(f"larger than {MAX_CRL} bytes")
    return path.read_bytes()


class _OnlyWeb(HTTPRedirectHandler):
    """Follows a redirection to another web address, never to a file or another protocol."""

    def redirect_request(self, *request: Any) -> Request | None:
        """Return the next request; raise ValueError where it leads away from the web."""
        if not is_url(request[-1]):
            raise ValueError("redirected away from the web")
        return super().redirect_request(*request)


def _download(url: str) -> bytes:
    with build_opener(_OnlyWeb).open(Request(url), timeout=SECONDS) as answer:  # noqa: S310 - `is_url` let only http(s) pass
        content = answer.read(2 * MAX_CRL + 1)
    if len(content) > 2 * MAX_CRL:
        raise ValueError(f"larger than {MAX_CRL} bytes")
    return bytes(content)


def _lists(content: bytes) -> list[bytes]:
    """Return the lists of a file: DER, or PEM with one or several."""
    if b"-----BEGIN" not in content:
        return [content]
    blocks = _PEM.findall(content)
    if not blocks:
        raise ValueError("no X509 CRL in this PEM file")
    try:
        return [base64.b64decode(b"".join(block.split()), validate=True) for block in blocks]
    except binascii.Error as exc:
        raise ValueError("broken base64") from exc
