"""The test PKI, opened for a day: who may sign, and how their certificates stand.

A leaf is issued when somebody first asks for it, under a serial number that follows from who it is for.
So the CRLs can name the revoked ones before they exist, and a first start makes a handful of keys, not one an agency.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from cryptography import x509

from infra.durable import write_atomically
from infra.pki.folder import YEAR, lay_out, locked, when_made, write_private
from infra.pki.issue import Authority, Credential, new_key, organization_name, person_name

EXPIRED_FOR = timedelta(days=30)
REVOKED_FOR = timedelta(days=10)
CRL_AGE = timedelta(days=1)
CRL_LASTS = timedelta(days=90)
SERVES_BEFORE, SERVES_AFTER = timedelta(days=5), timedelta(days=300)
"""Around the day it was made for; outside, `open` makes a new one."""

PERSONS = (
    "Nguyễn Văn An",
    "Trần Thị Bình",
    "Lê Minh Châu",
    "Phạm Quốc Dũng",
    "Hoàng Thu Hà",
    "Vũ Đức Khang",
    "Đỗ Thị Lan",
)
"""Fictional competent persons; an agency's follows from its code."""


class Standing(StrEnum):
    """How a leaf certificate stands on the day the PKI was made for."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pki:
    """The folder, opened for a day. `agencies`: organ_id -> name of each agency that may sign."""

    folder: Path
    made_at: datetime
    agencies: Mapping[str, str]
    root: Authority
    sub: Authority
    tsa_root: Authority
    tsa: Credential
    axis: Credential
    _kept: dict[Path, Credential] = field(default_factory=dict, repr=False)
    """Leaves read already: loading an RSA key costs more than many signatures."""

    @classmethod
    def open(cls, folder: Path, *, at: datetime, agencies: Mapping[str, str]) -> "Pki":
        """Open the PKI of `folder`, made anew if none there serves at `at` (aware); CRLs that end soon are renewed."""
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            made_at = when_made(folder)
            if made_at is None or not made_at - SERVES_BEFORE <= at <= made_at + SERVES_AFTER:
                made_at = at.replace(microsecond=0)
                lay_out(folder, made_at)
            pki = cls._read(folder, made_at, agencies)
            pki.renew_crls(at)
            return pki

    @classmethod
    def _read(cls, folder: Path, made_at: datetime, agencies: Mapping[str, str]) -> "Pki":
        def key_file(name: str) -> Credential:
            return Credential.from_pem((folder / "keys" / f"{name}.pem").read_bytes())

        return cls(
            folder=folder,
            made_at=made_at,
            agencies=agencies,
            root=Authority(own=key_file("root"), root=True),
            sub=Authority(own=key_file("sub")),
            tsa_root=Authority(own=key_file("tsa-root"), root=True),
            tsa=key_file("tsa"),
            axis=key_file("axis"),
        )

    @property
    def trust(self) -> Path:
        """Folder of anchors, intermediates and trust.yaml."""
        return self.folder / "trust"

    @property
    def crl(self) -> Path:
        """Folder of CRLs (DER)."""
        return self.folder / "crl"

    def person(self, organ_id: str, standing: Standing = Standing.GOOD) -> Credential:
        """Return the competent person of an agency (P-256)."""
        subject = person_name(self.person_of(organ_id), organization=self.name_of(organ_id), organ_id=organ_id)
        return self._leaf("person", organ_id, standing, subject, "ec")

    def seal(self, organ_id: str, standing: Standing = Standing.GOOD) -> Credential:
        """Return the agency's own certificate (RSA-2048)."""
        return self._leaf(
            "agency", organ_id, standing, organization_name(self.name_of(organ_id), organ_id=organ_id), "rsa"
        )

    @staticmethod
    def person_of(organ_id: str) -> str:
        """Return the name of an agency's competent person."""
        return PERSONS[sha256(organ_id.encode()).digest()[0] % len(PERSONS)]

    def name_of(self, organ_id: str) -> str:
        """Return the agency's name; the code itself if it is not in the directory."""
        return self.agencies.get(organ_id, organ_id)

    def _leaf(self, role: str, organ_id: str, standing: Standing, subject: x509.Name, kind: str) -> Credential:
        path = self.folder / "keys" / f"{role}-{re.sub(r'[^0-9A-Za-z.-]', '_', organ_id)}-{standing}.pem"
        if path in self._kept:
            return self._kept[path]
        with locked(self.folder):
            if not path.exists():
                ends = self.made_at - EXPIRED_FOR if standing is Standing.EXPIRED else self.made_at + 2 * YEAR
                leaf = self.sub.issue(
                    subject,
                    key=new_key(kind),
                    serial=serial_of(role, organ_id, standing),
                    not_before=self.made_at - 2 * YEAR,
                    not_after=ends,
                )
                write_private(path, leaf.pem())
        return self._kept.setdefault(path, Credential.from_pem(path.read_bytes()))

    def renew_crls(self, at: datetime) -> None:
        """Issue the CRLs again if they are missing, near their end, or lack an agency's revoked certificates."""
        revoked = {
            serial_of(role, organ_id, Standing.REVOKED): self.made_at - REVOKED_FOR
            for organ_id in self.agencies
            for role in ("person", "agency")
        }
        path = self.crl / "sub.crl"
        if path.exists():
            old = x509.load_der_x509_crl(path.read_bytes())
            listed = {entry.serial_number for entry in old}
            ends = old.next_update_utc
            if ends and old.last_update_utc <= at <= ends - CRL_LASTS / 3 and set(revoked) <= listed:
                return
            revoked |= {entry.serial_number: entry.revocation_date_utc for entry in old}
        number = int(at.timestamp())
        this_update, next_update = at.replace(microsecond=0) - CRL_AGE, at.replace(microsecond=0) + CRL_LASTS
        for name, authority in (("root", self.root), ("tsa-root", self.tsa_root), ("sub", self.sub)):
            listed_here = revoked if name == "sub" else {}
            der = authority.crl(number=number, this_update=this_update, next_update=next_update, revoked=listed_here)
            write_atomically(self.crl / f"{name}.crl", der)


def serial_of(role: str, organ_id: str, standing: Standing) -> int:
    """Return the serial number of a leaf: 120 bits of a hash of who it is for."""
    return int.from_bytes(sha256(f"{role}\n{organ_id}\n{standing}".encode()).digest()[:15], "big") | 1
