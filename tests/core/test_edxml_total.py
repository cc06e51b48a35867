"""Whatever the bytes are, the reader answers: a packet or a refusal, never an exception, and the same in any chunks."""

import base64
import hashlib
import io
import re
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.edxml import DocumentPacket, Limits, Refusal, StatusPacket, read_packet
from schemas.edxml.scanning import scan
from schemas.reasons import REASONS
from tests.core.edxml_packets import DOCUMENT, ENCODED, NOW, SAMPLES, SECRECY, Read, attached, encoded, zipped

EVERY = sorted(SAMPLES.rglob("*.edxml"))
VALID = [each.read_bytes() for each in EVERY if each.parent.name != "hostile"]
SMALL = [each for each in EVERY if each.stat().st_size < 10_000]
PIECES = [
    b"<", b">", b"/", b"&", b";", b'"', b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"?>", b"<!DOCTYPE x>", b"\0", b"\xff", b"\xc3", b" ",
    b"=", b"&#13;", b"xmlns:a='b'", b"xlink:href='x'", b"<To>", b"</To>", b"<ContentTransferEncoded>", b"<edXML:DocumentId/>", b"1", b"PK",
]  # fmt: skip

FILE = b"%PDF " * 50
LEAF = re.compile(r"<((?:edXML:)?[A-Za-z]+)>([^<]*)</\1>")
ODD = ["", "0", "1", "2", "3", "9", "-1", "N/A", "cid:", "x", "23/11/2026", "2026/02/30", "9999/12/31 23:59:59", "0001/01/01 00:00:00", "05.H53",
       "a" * 300, "\u202e", "&#13;", "<b/>", "&lt;", "A,2026/11/23,1/B", "../x", "𝟙", "Mật", "application/pdf"]  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn, valid: list[bytes]) -> bytes:
    """Return a valid packet with a few bytes changed, taken out or put in, perhaps cut short."""
    out = bytearray(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(out) - 1))
        how = draw(st.sampled_from(["byte", "piece", "cut", "copy"]))
        if how == "byte":
            out[at] = draw(st.integers(0, 255))
        elif how == "piece":
            out[at:at] = draw(st.sampled_from(PIECES))
        else:
            size = draw(st.integers(0, 60))
            out[at : at + size] = out[at : at + size] * 2 if how == "copy" else b""
        if not out:
            return b""
    return bytes(out[: draw(st.integers(0, len(out)))] if draw(st.integers(0, 9)) == 0 else out)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file for all examples."""
    return tmp_path_factory.mktemp("packets") / "packet.edxml"


def read(file: Path, content: bytes) -> Read:
    """Read bytes; unpack what was attached once more."""
    file.write_bytes(content)
    packet = read_packet(file, limits=Limits(), now=NOW, secrecy=SECRECY)
    for each in packet.attachments if isinstance(packet, DocumentPacket) else ():
        with each.open() as stream:
            assert each.sha256 == hashlib.sha256(stream.read()).hexdigest()
    return packet


def canonical(content: bytes) -> tuple[bytes, list[str]]:
    """Return what another parser (libxml2) sees: the frame in canonical form, and the text of each attachment."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(content.lstrip(b"\xef\xbb\xbf\x00\t\n\r "), parser)
    texts = []
    for element in root.iter("{*}ContentTransferEncoded"):
        texts.append("".join((element.text or "").split()))
        element.text = None
    return etree.tostring(root, method="c14n"), texts


def seen_by_another(packet: DocumentPacket, content: bytes) -> None:
    """No difference between parsers hides anything: frame and attachments are what libxml2 finds in the whole file."""
    frame, texts = canonical(content)
    found = [
        b"".join(each.source.member(io.BytesIO(content)).chunks)
        for each in packet.attachments
        if not each.source.zipped
    ]

    assert canonical(packet.frame)[0] == frame
    assert len(texts) == len(packet.attachments)
    assert {base64.b64decode(text) for text in texts} >= set(found)


def check(packet: Read, content: bytes) -> None:
    """Whatever came out is complete."""
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (packet.sha256, packet.size)
    match packet:
        case Refusal():
            assert packet.code in REASONS
            assert packet.sentence_vi
        case DocumentPacket():
            assert packet.attachments
            assert packet.envelope.recipients
            if "xlink_unbound" not in packet.envelope.notes:
                seen_by_another(packet, content)
        case StatusPacket():
            assert packet.document_id
            assert packet.code


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=mutations(VALID))
def test_reading_is_total(file: Path, content: bytes) -> None:
    """Mutations of every valid sample: each code that comes out is counted."""
    packet = read(file, content)
    hypothesis.event(packet.code if isinstance(packet, Refusal) else type(packet).__name__)

    check(packet, content)


@st.composite
def rearranged(draw: st.DrawFn) -> bytes:
    """Return a valid packet with values changed and elements removed, doubled, renamed or moved: well-formed XML still."""
    text = draw(st.sampled_from([each.decode().lstrip("\0\r\n \ufeff") for each in VALID]))
    for _ in range(draw(st.integers(1, 3))):
        found = list(LEAF.finditer(text))
        one, other = (draw(st.sampled_from(found)) for _ in range(2))
        new = {
            "value": f"<{one[1]}>{draw(st.sampled_from(ODD))}</{one[1]}>",
            "swap": f"<{one[1]}>{other[2]}</{one[1]}>",
            "double": one[0] * 2,
            "rename": f"<{other[1]}>{one[2]}</{other[1]}>",
            "wrap": f"<{other[1]}>{one[0]}</{other[1]}>",
            "remove": "",
        }[draw(st.sampled_from(["value", "value", "swap", "double", "rename", "wrap", "remove"]))]
        text = text[: one.start()] + new + text[one.end() :]
    return text.encode()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=rearranged())
def test_reading_rearranged_packets_is_total(file: Path, content: bytes) -> None:
    """What is well-formed gets past the parser, so that every later step is reached."""
    packet = read(file, content)
    hypothesis.event(packet.code if isinstance(packet, Refusal) else type(packet).__name__)

    check(packet, content)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(archive=mutations([zipped(FILE)]), plain=st.booleans())
def test_unpacking_is_total(file: Path, archive: bytes, plain: bool) -> None:  # noqa: FBT001 - drawn
    """Mutations of a zip in a packet that is otherwise well: read as the very same file, or refused."""
    text = attached(encoded(archive))
    content = (text.replace("application/zip", "application/pdf") if plain else text).encode()
    packet = read(file, content)
    hypothesis.event(packet.code if isinstance(packet, Refusal) else type(packet).__name__)

    check(packet, content)
    if isinstance(packet, DocumentPacket):
        assert hashlib.sha256(archive if plain else FILE).hexdigest() == packet.attachments[0].sha256


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=300), begin=st.sampled_from([b"", b"<?xml version='1.0'?>", b"<edXML>", VALID[0][:500]])
)
def test_junk_is_refused(file: Path, content: bytes, begin: bytes) -> None:
    """Random bytes, alone or behind something that looks well."""
    assert isinstance(read(file, begin + content), Refusal)


@pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample.stem)
def test_a_packet_cut_short_is_never_read(file: Path, sample: Path) -> None:
    """At any of many places: a refusal, never half a packet."""
    content = sample.read_bytes().rstrip()
    ends = {*range(0, len(content), max(1, len(content) // 60)), *range(len(content) - 12, len(content))}

    assert {Refusal} == {type(read(file, content[:end])) for end in ends}


@pytest.mark.parametrize("sample", SMALL, ids=lambda sample: sample.stem)
def test_chunks_make_no_difference(sample: Path) -> None:
    """What is cut, what is kept and what is refused do not depend on how the bytes arrive."""
    whole = scan(sample, Limits())

    for size in (1, 2, 7, 100, 4096):
        parts = scan(sample, Limits(), size)
        assert (whole.frame, whole.sha256, str(whole.fault)) == (parts.frame, parts.sha256, str(parts.fault))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=mutations([DOCUMENT.encode(), attached(f"<![CDATA[{ENCODED}]]>").encode()]), size=st.integers(1, 60))
def test_chunks_make_no_difference_to_broken_packets(file: Path, content: bytes, size: int) -> None:
    """The same answer, whole or in pieces."""
    file.write_bytes(content)
    whole, parts = scan(file, Limits()), scan(file, Limits(), size)

    assert (whole.frame, whole.fault is None) == (parts.frame, parts.fault is None)
    if whole.fault and parts.fault:
        assert whole.fault.code == parts.fault.code
