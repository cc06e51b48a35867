"""The test PKI's folder: `trust/` and `crl/` read as reference data, `keys/` are private, `pki.json` says the day."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from cryptography.hazmat.primitives import hashes, serialization

from infra.durable import write_atomically
from infra.pki.issue import Authority, Usage, new_key, organization_name

PEM = serialization.Encoding.PEM
YEAR = timedelta(days=365)


def lay_out(folder: Path, at: datetime) -> None:
    """Make the authorities, the time-stamping authority and the axis; what was there before is gone."""
    for old in [*folder.glob("keys/*.pem"), *folder.glob("crl/*.crl")]:
        old.unlink()
    begin, end = at - 5 * YEAR, at + 15 * YEAR
    root = Authority.make_root("Lien thong - goc chung thuc thu nghiem", not_before=begin, not_after=end)
    sub = root.subordinate("Lien thong - co quan chung thuc thu nghiem", not_before=begin, not_after=end)
    tsa_root = Authority.make_root("Lien thong - goc dau thoi gian thu nghiem", not_before=begin, not_after=end)
    tsa = tsa_root.issue(
        organization_name("Lien thong - dau thoi gian thu nghiem"),
        key=new_key("rsa"),
        usage=Usage(time_stamping=True),
        not_before=begin,
        not_after=end,
    )
    axis = sub.issue(organization_name("Truc lien thong thu nghiem"), not_before=begin, not_after=end)
    for name, credential in (
        ("root", root.own),
        ("sub", sub.own),
        ("tsa-root", tsa_root.own),
        ("tsa", tsa),
        ("axis", axis),
    ):
        write_private(folder / "keys" / f"{name}.pem", credential.pem())
    _write_trust(folder / "trust", at, root, sub, tsa_root)
    write_atomically(folder / "pki.json", json.dumps({"made_at": at.isoformat()}).encode())


def _write_trust(trust: Path, at: datetime, root: Authority, sub: Authority, tsa_root: Authority) -> None:
    anchors = []
    for name, group, authority in (("root", "government", root), ("tsa-root", "tsa", tsa_root)):
        anchors.append({"file": f"anchors/{name}.pem", "group": group, "sha256": _pin(authority)})
        write_atomically(trust / "anchors" / f"{name}.pem", authority.own.certificate.public_bytes(PEM))
    write_atomically(trust / "intermediates" / "sub.pem", sub.own.certificate.public_bytes(PEM))
    trust_list = {
        "version": f"test PKI {at:%Y-%m-%d}",
        "groups": {"government": {"usage": ["document", "envelope"]}, "tsa": {"usage": ["timestamp"]}},
        "anchors": anchors,
        "intermediates": [{"file": "intermediates/sub.pem", "sha256": _pin(sub)}],
    }
    write_atomically(trust / "trust.yaml", yaml.safe_dump(trust_list, sort_keys=False).encode())


def _pin(authority: Authority) -> str:
    return authority.own.certificate.fingerprint(hashes.SHA256()).hex()


def when_made(folder: Path) -> datetime | None:
    """Return the day the folder's PKI was made for, None if there is none."""
    try:
        return datetime.fromisoformat(json.loads((folder / "pki.json").read_bytes())["made_at"])
    except FileNotFoundError:
        return None


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(".part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    beside.replace(path)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process at a time make things in the folder."""
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
