"""The trust list and the revocation lists: pins, one object a file, nothing unnamed."""

import base64
import hashlib
from datetime import date

import pytest

from schemas.reference import ReferenceFault, TrustList, parse
from tests.reference_files import present, sound

DER = b"\x30\x03\x02\x01\x05"
"""A SEQUENCE with one INTEGER: the parser looks at the outer frame only."""

PIN = hashlib.sha256(DER).hexdigest()


def pem(der: bytes, label: str = "CERTIFICATE") -> bytes:
    """PEM of some bytes."""
    return f"-----BEGIN {label}-----\n{base64.b64encode(der).decode()}\n-----END {label}-----\n".encode()


def trust(yaml: str, **files: bytes) -> tuple[TrustList | None, tuple[ReferenceFault, ...]]:
    """Parse a trust folder."""
    content = {"trust/trust.yaml": yaml.encode(), "trust/anchors/root.pem": pem(DER)}
    return parse("trust", content | {f"trust/{name}": value for name, value in files.items()})


SOUND = f"""version: 1
groups:
  government: {{usage: [document, envelope]}}
  tsa: {{usage: [timestamp]}}
anchors:
  - {{file: anchors/root.pem, group: government, sha256: {PIN}, sunset: 2030-01-01}}
"""


def test_an_anchor_serves_its_group_until_its_sunset() -> None:
    """Usage comes from the group; after the sunset it anchors nothing new."""
    value, faults = trust(SOUND)
    value = present(value)

    assert () == faults
    assert [DER] == [each.der for each in value.anchors_for("document", date(2030, 1, 1))]
    assert () == value.anchors_for("document", date(2030, 1, 2))
    assert () == value.anchors_for("timestamp", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("yaml", "files", "column"),
    [
        (SOUND.replace(PIN, "0" * 64), {}, "anchors[0].sha256"),
        (SOUND.replace(PIN, "abc"), {}, "anchors[0].sha256"),
        (SOUND.replace("root.pem", "other.pem"), {}, "anchors[0].file"),
        (SOUND.replace("group: government", "group: friends"), {}, "anchors[0].group"),
        (SOUND, {"anchors/more.pem": pem(DER)}, ""),
        (SOUND, {"anchors/root.pem": pem(DER) * 2}, "anchors[0].file"),
        (SOUND, {"anchors/root.pem": pem(DER, "PRIVATE KEY")}, "anchors[0].file"),
        (SOUND, {"anchors/root.pem": DER + b"\x00"}, "anchors[0].file"),
        (SOUND, {"anchors/root.pem": pem(DER + b"\x00")}, "anchors[0].file"),
        (SOUND, {"anchors/root.pem": b""}, "anchors[0].file"),
    ],
)
def test_what_is_not_pinned_is_not_trusted(yaml: str, files: dict[str, bytes], column: str) -> None:
    """Another certificate, none, two, a key, trailing bytes, a file that the list does not name."""
    value, faults = trust(yaml, **files)

    assert value is None
    assert column in [each.column for each in faults]


def test_crls_are_kept_as_they_came() -> None:
    """DER or PEM; each with its digest; anything else is a fault of that file."""
    value = sound("crl", {"crl/a.crl": DER, "crl/b.crl": pem(DER, "X509 CRL")})
    _, wrong = parse("crl", {"crl/a.crl": DER, "crl/c.crl": b"hello", "crl/d.crl": pem(DER)})

    assert [("a.crl", PIN), ("b.crl", PIN)] == [(each.name, each.sha256) for each in value.lists]
    assert ["crl/c.crl", "crl/d.crl"] == [each.file for each in wrong]
