"""The XML signatures of a packet's attachments: each is judged, and told to the attachments that it is over.

One that cannot be read, or is over nothing that is in the packet, is told to the whole packet: nobody knows what it says.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from lxml import etree

from processors.verification.bench import Bench
from processors.verification.border import guarded
from processors.verification.defects import DefectError, found
from processors.verification.limits import MAX_SIGNATURES
from processors.verification.packets import Part, parse_frame
from processors.verification.steps import Steps
from processors.verification.verdict import PdfJudgement, SignatureVerdict
from processors.verification.xades.scanning import is_signed
from processors.verification.xades.signature import Place, judge_signature, read_signature
from processors.verification.xmldsig.vocabulary import SIGNATURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A signature, and which attachments it is over, by their numbers; none: nobody knows."""

    over: tuple[int, ...]
    verdict: SignatureVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlSignatures:
    """What the XML signatures of a packet came to."""

    over: Mapping[int, PdfJudgement] = field(default_factory=dict)
    """Number of an attachment -> the signatures over it."""

    lost: PdfJudgement = field(default_factory=PdfJudgement)
    """Those that are over nothing."""


def judge_attachments(parts: Sequence[Part], bench: Bench) -> XmlSignatures:
    """Judge every XML signature in the attachments of a packet."""
    names = tuple(each.name for each in parts)
    judged: list[Judged] = []
    for number, part in enumerate(parts):
        if is_signed(part):
            place = Place(number=number, names=names, digest=partial(_digest, parts))
            judged += guarded(partial(_judge_file, part, place, bench), partial(_broken_off, part.name))
        if len(judged) > MAX_SIGNATURES:
            return XmlSignatures(lost=PdfJudgement(found=len(judged), finding=found(["RESOURCE_LIMIT"])))
    over = {each: PdfJudgement() for one in judged for each in one.over}
    lost = PdfJudgement()
    for one in judged:
        for each in one.over:
            over[each] += _told(replace(one.verdict, covered_to=parts[each].size, where=_where(parts, each, one)))
        if not one.over:
            lost += replace(_told(one.verdict), finding=one.verdict.finding)
    return XmlSignatures(over=over, lost=lost)


def _judge_file(part: Part, place: Place, bench: Bench) -> list[Judged]:
    root = parse_frame(part.read())
    if (root.getroottree().docinfo.encoding or "UTF-8").upper() not in ("UTF-8", "ASCII", "US-ASCII"):
        raise DefectError("FORMAT_FAILURE")  # two readers may read two texts
    signatures = list(root.iter(SIGNATURE))
    if not signatures:
        raise DefectError("FORMAT_FAILURE")
    if len(signatures) > MAX_SIGNATURES:
        raise DefectError("RESOURCE_LIMIT")
    return [_judge_one(each, number, part, place, bench) for number, each in enumerate(signatures, 1)]


def _judge_one(element: etree._Element, number: int, part: Part, place: Place, bench: Bench) -> Judged:
    steps = Steps()
    where = f"{part.name}#{number}"

    def failed(code: str) -> SignatureVerdict:
        return SignatureVerdict(where=where, finding=found([code]), steps=steps.taken(code))

    def judge() -> Judged:
        written = read_signature(element, place)
        verdict = guarded(lambda: judge_signature(written, place.digest, bench, steps), failed)
        return Judged(over=written.over, verdict=replace(verdict, where=where))

    return guarded(judge, lambda code: Judged(over=(), verdict=failed(code)))


def _broken_off(name: str, code: str) -> list[Judged]:
    return [Judged(over=(), verdict=SignatureVerdict(where=name, finding=found([code])))]


def _told(verdict: SignatureVerdict) -> PdfJudgement:
    return PdfJudgement(signatures=(verdict,), found=1)


def _where(parts: Sequence[Part], number: int, judged: Judged) -> str:
    """Name the file that is signed, and where its signature stands."""
    content = parts[number].name
    own = judged.verdict.where.startswith(f"{content}#")
    return judged.verdict.where if own else f"{content}#{judged.verdict.where}"


def _digest(parts: Sequence[Part], number: int, name: str) -> bytes:
    if name == "sha256":
        return bytes.fromhex(parts[number].sha256)
    return hashlib.new(name, parts[number].read()).digest()
