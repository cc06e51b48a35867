"""Composes packets: a PDF signed by the competent person and then by the agency, in an edXML packet signed by the agency.

A signed PDF costs some 25 ms. In bulk the PDF of a sender is signed once and carried by many packets, each with an
envelope of its own; `fresh` makes one a packet.
"""

import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from infra.demo.frame import Draft, frame
from infra.demo.pdf import MARK, one_page, tamper
from infra.demo.pdf_signing import Hand, sign_pdf
from infra.demo.xmldsig import sign_envelope
from infra.durable import write_atomically
from infra.pki import Credential, Pki, Standing
from schemas.edxml import enclose, serialise
from schemas.ids import normalise_document_id

NOWHERE = "000.99.99.H53"
"""A recipient that is in no directory."""


class PacketKind(StrEnum):
    """What is special about a composed packet."""

    GOOD = "good"
    STAMPED = "stamped"
    """Good, with time-stamps."""

    TAMPERED = "tampered"
    """A letter of the PDF was changed after signing."""

    EXPIRED = "expired"
    """Signed with certificates that have ended, without a time-stamp."""

    REVOKED = "revoked"
    UNSIGNED = "unsigned"
    UNADDRESSED = "unaddressed"
    """One recipient is in no directory."""

    SECRET = "secret"  # noqa: S105 - a kind of packet
    """Marked as a state secret, which must not travel."""

    WRONG_SIGNER = "wrong-signer"
    """Signed by another agency."""


STANDING = {PacketKind.EXPIRED: Standing.EXPIRED, PacketKind.REVOKED: Standing.REVOKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A packet, ready to be handed over."""

    document_id: str
    """Normalised."""

    kind: PacketKind
    packet: bytes

    @property
    def sha256(self) -> str:
        """Digest of the packet."""
        return hashlib.sha256(self.packet).hexdigest()


class Composer:
    """Makes packets with the keys of a test PKI. Not inside a running event loop (pyHanko starts its own)."""

    def __init__(self, pki: Pki, *, fresh: bool = False) -> None:
        self._pki = pki
        self._fresh = fresh
        self._signed: dict[tuple[str, PacketKind], bytes] = {}

    def make(self, draft: Draft, kind: PacketKind = PacketKind.GOOD) -> Composed:
        """Compose one packet; a draft without recipients of its own kind is changed as the kind demands."""
        if kind is PacketKind.UNADDRESSED and NOWHERE not in draft.recipients:
            draft = replace(draft, recipients=(*draft.recipients, NOWHERE))
        if kind is PacketKind.SECRET:
            draft = replace(draft, subject=f"Tối mật: {draft.subject}")
        draft = replace(draft, signer=draft.signer or self._pki.person_of(draft.sender))
        pdf = self._pdf(draft, kind)
        # the packet's id follows from the document: the same draft in the same PKI gives the same names
        content_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{draft.document_id} {kind}"))
        name = f"{draft.number}-{draft.notation.replace('/', '-')}.signed.pdf"
        enclosed = enclose(pdf, content_id=content_id, name=name, at=draft.at, description="Văn bản chính đã ký số")
        root = frame(draft, self._pki.agencies, enclosed)
        envelope, header = root[0], root[0][0]
        sign_envelope(envelope, header, {content_id: pdf}, self._pki.seal(self._signer_of(draft, kind)))
        packet = serialise(root)
        return Composed(document_id=normalise_document_id(draft.document_id), kind=kind, packet=packet)

    def write(self, draft: Draft, out: Path, kind: PacketKind = PacketKind.GOOD) -> Composed:
        """Compose into a file, renamed into place."""
        composed = self.make(draft, kind)
        write_atomically(out, composed.packet)
        return composed

    def _pdf(self, draft: Draft, kind: PacketKind) -> bytes:
        model = {PacketKind.UNADDRESSED: PacketKind.GOOD, PacketKind.SECRET: PacketKind.GOOD}.get(kind, kind)
        key = (draft.sender, model)
        if self._fresh or key not in self._signed:
            self._signed[key] = self._sign(draft, model)
        return self._signed[key]

    def _sign(self, draft: Draft, kind: PacketKind) -> bytes:
        page = one_page(
            [
                self._pki.name_of(draft.sender),
                f"So: {draft.number}/{draft.notation}, ngay {draft.day:%d/%m/%Y}"
                if self._fresh
                else "Van ban thu nghiem",
                f"{MARK.decode()}: {draft.subject}"
                if self._fresh
                else f"{MARK.decode()}: van ban thu nghiem cua truc lien thong",
                f"{draft.signer} (da ky so)",
            ]
        )
        if kind is PacketKind.UNSIGNED:
            return page
        signer, standing = self._signer_of(draft, kind), STANDING.get(kind, Standing.GOOD)
        tsa = self._pki.tsa if kind is PacketKind.STAMPED else None
        person, seal = self._pki.person(signer, standing), self._pki.seal(signer, standing)
        signed = sign_pdf(page, [_hand(person, "NguoiKy", draft.at, tsa), _hand(seal, "CoQuan", draft.at, tsa)])
        return tamper(signed) if kind is PacketKind.TAMPERED else signed

    def _signer_of(self, draft: Draft, kind: PacketKind) -> str:
        if kind is not PacketKind.WRONG_SIGNER:
            return draft.sender
        return next((code for code in self._pki.agencies if code not in (draft.sender, *draft.recipients)), NOWHERE)


def _hand(credential: Credential, field: str, at: datetime, tsa: Credential | None) -> Hand:
    return Hand(credential=credential, field=field, at=at, tsa=tsa)
