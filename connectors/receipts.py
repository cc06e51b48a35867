"""Receipts beside a packet in its door's folders, and the index by which follow-up receipts find the packet.

accepted/NAME~MOMENT.receipt.json     what intake answered
accepted/NAME~MOMENT.WHAT.json        follow-ups: the verdict, each delivery
accepted/.by-digest/SHA256            the names (`NAME~MOMENT`, one a line) under which these bytes were handed over here
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.folders import SUFFIX, Door
from infra.durable import sync_folder, write_atomically
from schemas.ids import is_sha256

INDEX = ".by-digest"
RECEIPT = "receipt"
"""`what` of the receipt that intake writes."""


def names_of(door: Door, sha256: str) -> list[str]:
    """Return the names (`NAME~MOMENT`) of packets with these bytes that were handed over through a door, the first one first."""
    try:
        lines = _index(door, sha256).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return list(dict.fromkeys(line for line in lines if line))


def note_digest(door: Door, sha256: str, name: str) -> None:
    """Remember that these bytes lie (or are about to lie) in `accepted/` under a name; once noted, it survives a power cut."""
    name = name.removesuffix(SUFFIX)
    if name in names_of(door, sha256):
        return
    file = _index(door, sha256)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as out:
        out.write(f"{name}\n".encode())  # one write at the end of the file: two writers do not mix
        out.flush()
        os.fsync(out.fileno())
    sync_folder(file.parent)


def write_receipt(folder: Path, name: str, what: str, content: Mapping[str, Any]) -> Path:
    """Write `NAME~MOMENT.WHAT.json` into `accepted/` or `refused/` at once; the same receipt again replaces it. Return the file."""
    file = receipt_file(folder, name, what)
    text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
    write_atomically(file, text.encode(), sync=True)
    return file


def receipt_file(folder: Path, name: str, what: str = RECEIPT) -> Path:
    """Return where a receipt about a packet lies."""
    return folder / f"{name.removesuffix(SUFFIX)}.{what}.json"


def _index(door: Door, sha256: str) -> Path:
    """Return the index file of a digest; the digest is checked, so that nothing else becomes a path."""
    if not is_sha256(sha256):
        raise ValueError(f"{sha256!r} is no SHA-256")
    return door.accepted / INDEX / sha256
