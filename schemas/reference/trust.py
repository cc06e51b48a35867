"""The trust list and the revocation lists: bytes and pins only; who understands certificates judges them.

trust/trust.yaml:

    version: 2026-11-23
    groups:                                          # what the anchors of a group may be used for
      government: {usage: [document, envelope]}
      tsa: {usage: [timestamp]}
    anchors:
      - {file: anchors/root.pem, group: government, sha256: 0f…, sunset: 2046-11-23}     # sunset may be left out
    intermediates:
      - {file: intermediates/sub.pem, sha256: 1e…}

A pin is the SHA-256 of the DER. Every PEM file of the folder must be named here and holds exactly one certificate.
crl/*.crl: DER, or PEM (`X509 CRL`).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from schemas.ids import is_sha256
from schemas.reference.faults import Faults
from schemas.reference.tree import Item, read_tree

USAGES = ("document", "envelope", "timestamp")
MAX_CERTIFICATE = 64 * 1024
MAX_CRL = 32 * 1024 * 1024
DER_SEQUENCE = b"\x30"
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+?)-----END \1-----")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchor:
    """A root that is trusted because the list says so."""

    name: str
    """File inside trust/."""

    der: bytes
    sha256: str
    group: str
    """`government`, `public`, `tsa` …"""

    usage: frozenset[str]
    """Of its group: `document`, `envelope`, `timestamp`."""

    sunset: date | None = None
    """Last day on which it anchors anything new; None = until it expires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intermediate:
    """A CA certificate that helps to build paths; trusted for nothing by itself."""

    name: str
    der: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class TrustList:
    """A snapshot of anchors and intermediates."""

    label: str
    anchors: tuple[TrustAnchor, ...]
    intermediates: tuple[Intermediate, ...]

    def anchors_for(self, usage: str, on: date) -> tuple[TrustAnchor, ...]:
        """Return the anchors that may be used for a purpose on a day."""
        return tuple(
            each for each in self.anchors if usage in each.usage and (each.sunset is None or on <= each.sunset)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """One CRL as it was obtained."""

    name: str
    der: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class RevocationLists:
    """A snapshot of the CRLs, old ones included: they prove the state at signing time."""

    lists: tuple[RevocationList, ...]


def parse_trust(files: Mapping[str, bytes], faults: Faults) -> TrustList | None:
    """Parse trust/."""
    tree = read_tree("trust/trust.yaml", files.get("trust/trust.yaml"), faults)
    if tree is None:
        return None
    top = tree.entries(known=("version", "groups", "anchors"), optional=("intermediates",))
    if faults:
        return None
    usages = {name: _usage(item) for name, item in top["groups"].entries().items()}
    named: set[str] = set()
    anchors = []
    for item in top["anchors"].items():
        keys = item.entries(known=("file", "group", "sha256"), optional=("sunset", "note"))
        if len(keys.keys() & {"file", "group", "sha256"}) == len(("file", "group", "sha256")):
            name, der, sha256 = _pinned(keys, files, named)
            group = keys["group"].choice(tuple(usages))
            sunset = keys["sunset"].day() if "sunset" in keys else None
            anchors.append(
                TrustAnchor(
                    name=name, der=der, sha256=sha256, group=group, usage=usages.get(group, frozenset()), sunset=sunset
                )
            )
    intermediates = []
    for item in top["intermediates"].items() if "intermediates" in top else []:
        keys = item.entries(known=("file", "sha256"), optional=("note",))
        if "file" in keys and "sha256" in keys:
            name, der, sha256 = _pinned(keys, files, named)
            intermediates.append(Intermediate(name=name, der=der, sha256=sha256))
    for path in sorted(files):
        if path != "trust/trust.yaml" and path.removeprefix("trust/") not in named:
            faults.add(path, 0, "", "BAD_VALUE", "Tệp không được nêu trong trust.yaml.")
    return TrustList(top["version"].text(), tuple(anchors), tuple(intermediates))


def parse_crl(files: Mapping[str, bytes], faults: Faults) -> RevocationLists:
    """Parse crl/."""
    lists = []
    for path in sorted(files):
        der = _der(files[path], b"X509 CRL")
        if der is None or len(der) > MAX_CRL:
            faults.add(path, 0, "", "BAD_VALUE", f"Tệp không phải một CRL (DER hoặc PEM) nhỏ hơn {MAX_CRL} byte.")
            continue
        lists.append(RevocationList(name=path.removeprefix("crl/"), der=der, sha256=hashlib.sha256(der).hexdigest()))
    return RevocationLists(tuple(lists))


def _usage(item: Item) -> frozenset[str]:
    keys = item.entries(known=("usage",), optional=("note",))
    return frozenset(each.choice(USAGES) for each in keys["usage"].items()) if "usage" in keys else frozenset()


def _pinned(keys: Mapping[str, Item], files: Mapping[str, bytes], named: set[str]) -> tuple[str, bytes, str]:
    name, pin = keys["file"].text(), keys["sha256"].text().lower()
    if name in named:
        keys["file"].fault("BAD_VALUE", f"{name} có hai lần.")
    named.add(name)
    if not is_sha256(pin):
        keys["sha256"].fault("BAD_VALUE", "Phải là SHA-256 của chứng thư (64 chữ số hệ 16).")
    content = files.get(f"trust/{name}")
    if content is None:
        keys["file"].fault("MISSING_FIELD", f"Không có tệp trust/{name}.")
        return name, b"", pin
    der = _der(content, b"CERTIFICATE")
    if der is None or len(der) > MAX_CERTIFICATE:
        keys["file"].fault("BAD_VALUE", f"{name} không phải đúng một chứng thư (PEM hoặc DER).")
        return name, b"", pin
    if (found := hashlib.sha256(der).hexdigest()) != pin:
        keys["sha256"].fault("BAD_VALUE", f"Chứng thư trong {name} có SHA-256 {found}, khác với giá trị đã ghim.")
    return name, der, pin


def _der(content: bytes, label: bytes) -> bytes | None:
    """Return the DER of a file that holds exactly one object; only its outer frame is looked at."""
    if content.startswith(DER_SEQUENCE) and not content.lstrip().startswith(b"-----"):
        return content if _framed(content) else None
    blocks = _PEM.findall(content)
    if len(blocks) != 1 or blocks[0][0] != label:
        return None
    try:
        der = base64.b64decode(b"".join(blocks[0][1].split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return der if _framed(der) else None


def _framed(der: bytes) -> bool:
    """Tell whether the bytes are one DER SEQUENCE whose length is theirs (X.690 clause 8.1)."""
    if len(der) < 2 or der[:1] != DER_SEQUENCE:  # noqa: PLR2004 - tag and length
        return False
    if der[1] < 0x80:  # noqa: PLR2004 - short form
        return len(der) == 2 + der[1]
    octets = der[1] & 0x7F
    return 1 <= octets <= 4 and len(der) == 2 + octets + int.from_bytes(der[2 : 2 + octets], "big")  # noqa: PLR2004 - 4 GB
