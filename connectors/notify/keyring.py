"""To whom the notifier may post, and with which key it signs: a file of the operator, never reference data.

One target a line: host and port, then the key as Standard Webhooks writes it: `qlvb.tinhx.example:443 whsec_BASE64`.
Empty lines and lines that begin with `#` say nothing. A target that is not listed is never spoken to, whatever the contacts name.
"""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from infra.errors import EnvironmentFaultError

PREFIX = "whsec_"
SIZES = range(24, 65)
"""Bytes of a key, as the specification of Standard Webhooks wants."""

PORTS = {"http": 80, "https": 443}


def target_of(url: str) -> str:
    """Return `host:port` of a web address; empty for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.hostname}:{port}" if parts.scheme in PORTS and parts.hostname else ""


def keyring(file: Path | None) -> Mapping[str, bytes]:
    """Return target -> key; raise `EnvironmentFaultError` naming each line that is wrong, and no key."""
    if file is None:
        return {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise EnvironmentFaultError(
            f"LIENTHONG_WEBHOOK_KEYS_FILE: {type(exc).__name__}", "give a file of text"
        ) from exc
    said = [(number, line.split()) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    wrong = [str(number) for number, words in said if _entry(words) is None]
    if wrong:
        raise EnvironmentFaultError(
            f"LIENTHONG_WEBHOOK_KEYS_FILE: not HOST:PORT {PREFIX}BASE64 in line {', '.join(wrong)}",
            f"write one target a line, with a key of {SIZES.start} to {SIZES.stop - 1} bytes",
        )
    return dict(entry for _number, words in said if (entry := _entry(words)) is not None)


def _entry(words: list[str]) -> tuple[str, bytes] | None:
    match words:
        case [target, key] if key.startswith(PREFIX) and target_of(f"http://{target}/") == target.lower():
            try:
                found = base64.b64decode(key.removeprefix(PREFIX), validate=True)
            except binascii.Error:
                return None
            return (target.lower(), found) if len(found) in SIZES else None
        case _:
            return None
