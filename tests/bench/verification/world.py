"""The trust that every contender is given: roots, CAs, revocation lists and one moment; RSA-2048 throughout.

In a folder, so that programs in other languages read the same: `anchors/`, `middle/` and `crls/` as DER, `moment` as seconds,
and `reference-NAME.bin` as the pool hands it to a judge.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from infra.pki import Authority, Credential, organization_name, person_name
from processors.verification.judging import wire
from schemas.reference import Reference, RevocationList, RevocationLists, pack
from tests.vectors.scene import DAY, NOON, POLICY, SENDER, YEAR, Scene, authorities, rsa_key

ORDINARY, LARGE = 10, 100_000
"""Entries of a CRL."""

FIRST_REVOKED = 10_000_000
SAMPLE = b"compare_each: 64"
REFERENCES = {"one-reader": b"compare_each: 0", "both-readers": b"compare_each: 1", "shipped": SAMPLE}
"""Name -> how many PDFs are judged by both readers."""


@cache
def person() -> Credential:
    """Return the competent person."""
    return _issued("Nguyễn Văn An", 1001, person=True)


@cache
def seal() -> Credential:
    """Return the agency's seal."""
    return _issued("Cơ quan", 1002, person=False)


@cache
def revoked() -> Credential:
    """Return a person whose certificate was revoked before anything was signed."""
    return _issued("Lê Văn Cũ", FIRST_REVOKED, person=True)


@cache
def stamper() -> Credential:
    """Return the time-stamping authority."""
    return Scene().tsa()


def _issued(name: str, serial: int, *, person: bool) -> Credential:
    subject = (
        person_name(name, organization="Cơ quan", organ_id=SENDER)
        if person
        else organization_name(name, organ_id=SENDER)
    )
    key = rsa_key(f"bench-{serial}")
    return authorities()[1].issue(subject, not_before=NOON - YEAR, not_after=NOON + YEAR, key=key, serial=serial)


def write_world(folder: Path, *, large: int = LARGE) -> None:
    """Write all of it; `large`: entries of the large list."""
    root, sub, tsa_root = authorities()
    crls = {name: crl(each, ORDINARY) for name, each in (("root", root), ("sub", sub), ("tsa-root", tsa_root))}
    _write(folder / "anchors", {"root.cer": _der(root), "tsa-root.cer": _der(tsa_root)})
    _write(folder / "middle", {"sub.cer": _der(sub)})
    _write(folder / "crls", {f"{name}.crl": der for name, der in crls.items()})
    references = {name: _reference(crls.values(), sample) for name, sample in REFERENCES.items()}
    grown = {**crls, "sub": crl(sub, large)}
    references["large-crl"] = _reference(grown.values(), REFERENCES["one-reader"])
    _write(folder, {f"reference-{name}.bin": wire.pack(wire.needed_of(each)) for name, each in references.items()})
    _write(folder, {"moment": str(int(NOON.timestamp())).encode()})


def crl(authority: Authority, entries: int) -> bytes:
    """Return a list that names, of all who sign here, the revoked person alone."""
    revoked = dict.fromkeys(range(FIRST_REVOKED, FIRST_REVOKED + entries), NOON - 30 * DAY)
    return authority.crl(number=7, this_update=NOON - DAY, next_update=NOON + DAY, revoked=revoked)


def read_reference(folder: Path, name: str) -> Reference:
    """Read reference data as a judge does."""
    with (folder / f"reference-{name}.bin").open("rb") as stream:
        found = wire.read(stream)
    assert isinstance(found, Reference)
    return found


def _reference(crls: Iterable[bytes], sample: bytes) -> Reference:
    lists = tuple(
        RevocationList(name=f"{number}.crl", der=der, sha256=sha256(der).hexdigest()) for number, der in enumerate(crls)
    )
    policy = pack({"signature_policy.yaml": POLICY.read_bytes().replace(SAMPLE, sample)})
    reference = Scene().reference().with_pack("signature_policy", policy)
    return reference.with_value("crl", RevocationLists(lists), "2")


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _der(authority: Authority) -> bytes:
    return authority.own.certificate.public_bytes(Encoding.DER)
