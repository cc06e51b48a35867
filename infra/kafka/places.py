"""Where the nodes of a cluster listen: loopback ports and a cluster id, remembered beside the data so that a restart keeps them."""

import base64
import json
import socket
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.durable import write_atomically

FILE = "cluster.json"
PORTS_EACH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One node: its number, from 1, and its two ports."""

    number: int
    client_port: int
    controller_port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """All nodes of one cluster."""

    cluster_id: str
    every: tuple[Place, ...]

    @property
    def bootstrap(self) -> str:
        """host:port of every node, separated by commas."""
        return ",".join(f"127.0.0.1:{place.client_port}" for place in self.every)

    @property
    def voters(self) -> str:
        """The controllers' quorum, as server.properties names it."""
        return ",".join(f"{place.number}@127.0.0.1:{place.controller_port}" for place in self.every)


def remembered(folder: Path) -> Places | None:
    """Return what an earlier start remembered; None if there was none."""
    try:
        known = json.loads((folder / FILE).read_text())
        return _places(str(known["id"]), [int(port) for port in known["ports"]])
    except (OSError, ValueError, TypeError, LookupError):
        return None


def remember(folder: Path, nodes: int, *, fresh: bool = False) -> Places:
    """Return the places of a cluster that is about to start; ports that somebody else took meanwhile (or all, if `fresh`) are replaced."""
    known = remembered(folder)
    ports = [port for place in known.every for port in (place.client_port, place.controller_port)] if known else []
    if fresh or len(ports) != PORTS_EACH * nodes or not all(map(_is_free, ports)):
        ports = free_ports(PORTS_EACH * nodes)
    # 16 bytes in base64 without padding; the first byte keeps it from beginning with a dash, which would look like an option.
    cluster_id = (
        known.cluster_id if known else base64.urlsafe_b64encode(b"l" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
    )
    write_atomically(folder / FILE, json.dumps({"id": cluster_id, "ports": ports}).encode(), sync=True)
    return _places(cluster_id, ports)


def free_ports(count: int) -> list[int]:
    """Ask the system for free ports on loopback; all are held until the last one is known, so that they differ."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def answers(bootstrap: str) -> bool:
    """Tell whether somebody listens on one of these addresses."""
    for address in bootstrap.split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except (OSError, ValueError):
            continue
        return True
    return False


def _places(cluster_id: str, ports: Iterable[int]) -> Places:
    pairs = zip(*[iter(ports)] * PORTS_EACH, strict=True)
    every = (Place(number=n, client_port=pair[0], controller_port=pair[1]) for n, pair in enumerate(pairs, start=1))
    return Places(cluster_id=cluster_id, every=tuple(every))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
