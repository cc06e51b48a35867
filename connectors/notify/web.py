"""One POST to somebody else's server, which may do what it likes: it costs a bounded time and nothing is taken from it but the status.

* No redirection is followed: where it leads was not configured.
* The name is resolved once, and exactly the address that was judged is spoken to. An address that is not public is refused
  unless the operator allows it, so that an entry in the contacts cannot make the axis speak to itself.
* One deadline holds for everything after the name is resolved; headers are bounded by the library, the body is not read.
"""

import io
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from ipaddress import IPv6Address, ip_address
from socket import SOCK_STREAM, getaddrinfo, socket
from typing import Any
from urllib.parse import urlsplit

SECONDS = 10.0
"""From the connection to the status line and its headers."""


class ForbiddenTargetError(Exception):
    """The target's address is one that we do not speak to."""


class Sent:
    """Whether a request went out: after that, a failure leaves open what the server did."""

    def __init__(self) -> None:
        self.it_was = False


def post(url: str, headers: Mapping[str, str], body: bytes, *, private: bool, sent: Sent) -> int:
    """Return the status; raise OSError, HTTPException or `ForbiddenTargetError`. `private`: addresses that are not public are allowed."""
    parts = urlsplit(url)
    secure, host = parts.scheme == "https", parts.hostname or ""
    address = _address(host, parts.port or (443 if secure else 80), private=private)
    connection = HTTPConnection(host, parts.port or (443 if secure else 80))
    wire = _Wire(address, host if secure else "", time.monotonic() + SECONDS)
    connection.sock = wire  # what the library calls of a socket, and no more
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers={**headers, "Connection": "close"})
        sent.it_was = True
        return connection.getresponse().status
    finally:
        connection.close()
        wire.close()


def _address(host: str, port: int, *, private: bool) -> tuple[Any, ...]:
    """Return what to connect to: (family, address)."""
    found = getaddrinfo(host, port, type=SOCK_STREAM)
    for family, _type, _protocol, _name, address in found:
        if private or _is_public(str(address[0])):
            return family, address
    raise ForbiddenTargetError


def _is_public(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


class _Wire:
    """A socket with one deadline for all that is done with it; for `http.client`."""

    def __init__(self, address: tuple[Any, ...], verified_name: str, until: float) -> None:
        self._until = until
        self._socket = socket(address[0], SOCK_STREAM)
        try:
            self._hurry()
            self._socket.connect(address[1])
            if verified_name:
                self._hurry()
                self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=verified_name)
        except BaseException:
            self._socket.close()
            raise

    def _hurry(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def sendall(self, content: bytes) -> None:
        """Send all of it."""
        self._hurry()
        self._socket.sendall(content)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what the library reads the answer from."""
        return io.BufferedReader(_Answer(self))

    def receive(self, into: Any) -> int:
        """Read what has come."""
        self._hurry()
        return self._socket.recv_into(into)

    def close(self) -> None:
        """Close it."""
        self._socket.close()


class _Answer(io.RawIOBase):
    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        return self._wire.receive(into)
