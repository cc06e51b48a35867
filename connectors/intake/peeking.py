"""What a waiting packet is like, seen from its beginning: whether it is urgent, and how much work it will be.

Nothing is decided by it but the order in which packets are taken in; what the packet says is read properly afterwards. So whatever
cannot be seen is ordinary, and no file is ever refused here.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

HEAD_BYTES = 64 * 1024
"""Enough for the header of an ordinary packet; a circular's recipients may go on behind it, and count as many as are seen."""

PER_RECIPIENT = 0.1
"""Work for one recipient, where reading and judging a packet is 1; measured, and only a rough measure is needed."""

_PRIORITY = re.compile(rb"<(?:[\w.-]+:)?Priority(?:\s[^<>]*)?>\s*([0-9]+)\s*</", re.ASCII)
_TO = re.compile(rb"<(?:[\w.-]+:)?To[\s>/]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a packet."""

    urgent: bool = False
    units: float = 1.0


ORDINARY = Look()


def peek(path: Path) -> Look:
    """Look at the first bytes of a packet; a link or a pipe is not opened."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ORDINARY
    try:
        head = os.read(handle, HEAD_BYTES)
    except OSError:
        return ORDINARY
    finally:
        os.close(handle)
    said = _PRIORITY.search(head)
    urgent = said is not None and said[1].strip(b"0") != b""
    return Look(urgent=urgent, units=1.0 + PER_RECIPIENT * len(_TO.findall(head)))
