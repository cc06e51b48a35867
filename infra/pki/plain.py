"""A folder of certificates as a trust list: for whoever has a root and some CAs at hand, and no `trust.yaml`.

What lies under `anchors/`, or signed itself (RFC 5280 §3.2: self-signed), is an anchor for every purpose; all else helps to
build paths and is trusted for nothing. A file holds DER, or PEM with one certificate or several.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

import yaml
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from infra.errors import EnvironmentFaultError

LIST = "trust/trust.yaml"
SUFFIXES = (".pem", ".crt", ".cer", ".der")
ANCHORS = "anchors"
USAGE = ["document", "envelope", "timestamp"]


class NotCertificatesError(EnvironmentFaultError):
    """A folder cannot serve as a trust list."""


def with_list(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of kind `trust` (path -> bytes), with a list made for them where there is none; raise `NotCertificatesError`."""
    if LIST in files or not files:
        return dict(files)
    anchors: dict[bytes, None] = {}
    others: dict[bytes, None] = {}
    for path, content in sorted(files.items()):
        if PurePosixPath(path).suffix.lower() in SUFFIXES:
            for each in _certificates(path, content):
                kept = anchors if ANCHORS in PurePosixPath(path).parts or _self_signed(each) else others
                kept[each.public_bytes(Encoding.DER)] = None
    if not anchors:
        raise NotCertificatesError(
            "no certificate that signed itself is in this folder", "add the root, or a trust.yaml"
        )
    return _listed(anchors, [each for each in others if each not in anchors])


def _listed(anchors: Iterable[bytes], intermediates: Iterable[bytes]) -> dict[str, bytes]:
    """Write what `trust.yaml` would say; the same certificates give the same bytes, whatever their files are called."""
    named = {
        part: {f"{part}/{hashlib.sha256(der).hexdigest()}.der": der for der in sorted(ders)}
        for part, ders in ((ANCHORS, anchors), ("intermediates", intermediates))
    }
    rows = {
        part: [{"file": name, "sha256": PurePosixPath(name).stem} for name in files] for part, files in named.items()
    }
    for row in rows[ANCHORS]:
        row["group"] = "given"
    said = {"version": "given", "groups": {"given": {"usage": USAGE}}, **rows}
    certificates = {f"trust/{name}": der for files in named.values() for name, der in files.items()}
    return {LIST: yaml.safe_dump(said, sort_keys=True).encode(), **certificates}


def _certificates(path: str, content: bytes) -> Iterator[x509.Certificate]:
    try:
        if b"-----BEGIN" in content:
            yield from x509.load_pem_x509_certificates(content)
        else:
            yield x509.load_der_x509_certificate(content)
    except ValueError as exc:
        name = path.removeprefix("trust/")
        raise NotCertificatesError(
            f"{name}: no certificate can be read ({exc})", "give certificates as PEM or DER"
        ) from exc


def _self_signed(certificate: x509.Certificate) -> bool:
    if certificate.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
