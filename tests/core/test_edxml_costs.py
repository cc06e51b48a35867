"""What a packet costs: memory that does not grow with it, and little time whatever a hostile one tries.

Each packet is read in a process of its own, so that its peak is its own.
"""

import base64
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.edxml.limits import MEGABYTE
from tests.core.edxml_packets import DOCUMENT, ENCODED, SAMPLES, attached, changed, zipped

ROOT = Path(__file__).resolve().parent.parent.parent
LARGE = 45 * MEGABYTE
SECONDS = 2.0
"""What a hostile packet may take."""

MEASURE = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from schemas.edxml import Limits, read_packet

def peak():
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))

def read(path):
    packet = read_packet(Path(path), limits=Limits(), now=datetime(2026, 11, 23, 5, tzinfo=UTC), secrecy=None)
    size = 0
    for each in getattr(packet, "attachments", ()):
        with each.open() as stream:
            while piece := stream.read(65536):
                size += len(piece)
    return packet, size

read(sys.argv[1])
before, began = peak(), time.process_time()
packet, unpacked = read(sys.argv[2])
print(json.dumps({"seconds": time.process_time() - began, "growth": peak() - before, "unpacked": unpacked,
                  "answer": getattr(packet, "code", type(packet).__name__)}))
"""


def measured(path: Path) -> dict[str, Any]:
    """Read a packet, and every byte attached to it, in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-c", MEASURE, str(SAMPLES / "document.edxml"), str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def large(line: int) -> str:
    """Return a packet of 45 MB with base64 in lines of this length, 0 for one line."""
    text = base64.b64encode(zipped(random.Random(1).randbytes(LARGE * 3 // 4))).decode()
    lines = [text[at : at + line] for at in range(0, len(text), line)] if line else [text]
    return attached("\r\n".join(lines))


@pytest.mark.parametrize("line", [0, 76])
def test_a_large_packet_is_read_in_bounded_memory(line: int, tmp_path: Path) -> None:
    """45 MB in one line, or in many: a few megabytes, and every byte comes out again."""
    path = tmp_path / "large.edxml"
    path.write_text(large(line), encoding="utf-8")
    cost = measured(path)

    assert path.stat().st_size > LARGE
    assert ("DocumentPacket", LARGE * 3 // 4) == (cost["answer"], cost["unpacked"])
    assert cost["growth"] < LARGE // 8


def inside(filling: Callable[[], str]) -> Callable[[], str]:
    """Return a maker of a packet with something before its first recipient."""
    return lambda: changed(DOCUMENT, ("<edXML:To>", f"{filling()}<edXML:To>"))


HOSTILE: dict[str, tuple[str, Callable[[], str]]] = {
    "elements": ("RESOURCE_LIMIT", inside(lambda: "<a/>" * 3_000_000)),
    "as many elements as allowed": ("DocumentPacket", inside(lambda: "<a>b</a>" * 99_000)),
    "comments": ("RESOURCE_LIMIT", inside(lambda: "<!---->" * 2_000_000)),
    "instructions": ("RESOURCE_LIMIT", inside(lambda: "<?a?>" * 2_000_000)),
    "new names": ("RESOURCE_LIMIT", inside(lambda: "".join(f"<n{number}/>" for number in range(500_000)))),
    "depth": ("RESOURCE_LIMIT", inside(lambda: "<a>" * 3_000_000)),
    "attributes": (
        "RESOURCE_LIMIT",
        inside(lambda: "<a " + " ".join(f"a{number}='1'" for number in range(90_000)) + "/>"),
    ),
    "an attribute without end": ("RESOURCE_LIMIT", inside(lambda: "<a b='" + "x" * LARGE)),
    "a comment without end": ("RESOURCE_LIMIT", inside(lambda: "<!--" + "-" * LARGE)),
    "a value without end": ("RESOURCE_LIMIT", inside(lambda: "x" * LARGE)),
    "quotes": ("RESOURCE_LIMIT", inside(lambda: "<a " + "''" * (LARGE // 2))),
    "less-thans": ("XML_NOT_WELL_FORMED", inside(lambda: "<" * LARGE)),
    "leading bytes": ("XML_NOT_WELL_FORMED", lambda: "\0" * LARGE),
    "a large DTD": ("DTD_FORBIDDEN", lambda: "<!DOCTYPE a [" + "<!ENTITY a 'b'>" * 3_000_000),
    "character references": ("ATTACHMENT_UNREADABLE", lambda: attached("&#13;" * 8_000_000)),
    "blanks": ("ATTACHMENT_UNREADABLE", lambda: attached(" " * LARGE)),
    "CDATA sections": ("ATTACHMENT_UNREADABLE", lambda: attached("<![CDATA[A]]>" * 3_000_000)),
    "a CDATA section without end": ("XML_NOT_WELL_FORMED", lambda: attached("<![CDATA[" + "]" * LARGE)),
    "zip entries": ("ATTACHMENT_UNREADABLE", lambda: attached(zipped(more={f"n{n}": b"" for n in range(50_000)}))),
    "a bomb": ("RESOURCE_LIMIT", lambda: attached(zipped(b"\0" * 200 * MEGABYTE))),
    "a packet too large": ("RESOURCE_LIMIT", lambda: attached(ENCODED + " " * 60 * MEGABYTE)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_packet_is_cheap(kind: str, tmp_path: Path) -> None:
    """Under two seconds of work and a few megabytes, whatever is tried."""
    expected, make = HOSTILE[kind]
    path = tmp_path / "hostile.edxml"
    path.write_text(make(), encoding="utf-8")
    cost = measured(path)

    assert expected == cost["answer"]
    assert cost["seconds"] < SECONDS
    assert cost["growth"] < 40 * MEGABYTE


@pytest.mark.parametrize("sample", sorted((SAMPLES / "hostile").glob("*.edxml")), ids=lambda sample: sample.stem)
def test_the_hostile_samples_are_cheap(sample: Path) -> None:
    """The bomb among them as well."""
    cost = measured(sample)

    assert cost["seconds"] < SECONDS
    assert cost["growth"] < 8 * MEGABYTE


def test_the_widest_packet_is_read(tmp_path: Path) -> None:
    """3,500 recipients, each with its address."""
    one = DOCUMENT.partition("<edXML:From>")[2].partition("</edXML:From>")[0]
    many = (one.replace("000.00.00.H53", f"H{at // 900:02d}.{at % 900 + 100}") for at in range(3_500))
    path = tmp_path / "wide.edxml"
    path.write_text(inside(lambda: "".join(f"<edXML:To>{each}</edXML:To>" for each in many))(), encoding="utf-8")
    cost = measured(path)

    assert ("DocumentPacket", True) == (cost["answer"], cost["seconds"] < SECONDS)
