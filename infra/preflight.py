"""Asking the process `preflight` about a packet: one connection, one line there, one line back."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.settings import Settings

ANSWER_SECONDS = 60.0
"""More than a judge may take; several may ask at once."""

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes: a packet may have thousands of recipients, with deadlines for each."""


class NoPreflightError(Exception):
    """Nobody answers now, or the question cannot be answered; the text says which."""


def socket_file(settings: Settings) -> Path:
    """Return where the process listens."""
    return settings.run_folder / "preflight.sock"


@contextmanager
def short_path(file: Path) -> Iterator[str]:
    """Yield another name of a socket: the kernel takes 107 bytes, and `var` may lie deep."""
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{file.name}"
    finally:
        os.close(folder)


def ask(settings: Settings, packet: Path, *, seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
    """Return what `lienthong preflight --json` says of a file below `settings.var`; raise `NoPreflightError`."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.settimeout(seconds)
            with short_path(socket_file(settings)) as path:
                asking.connect(path)
            asking.sendall(json.dumps({"path": str(packet.absolute())}).encode() + b"\n")
            with asking.makefile("rb") as said:
                answer = json.loads(said.readline(MAX_ANSWER))
    except (OSError, ValueError) as exc:
        raise NoPreflightError(f"the pre-flight does not answer: {type(exc).__name__}") from exc
    if not isinstance(answer, dict) or "error" in answer:
        raise NoPreflightError(str(answer.get("error")) if isinstance(answer, dict) else "no answer")
    return answer
