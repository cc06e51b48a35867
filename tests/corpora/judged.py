"""What stock pyHanko says of a PDF, and what we say of any file; trust and revocation left out, for nobody has the keys' lists."""

import logging
import warnings
from functools import cache
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from processors.verification.asked import Asked
from processors.verification.bench import Bench
from processors.verification.document import judge_document
from processors.verification.envelope.signature import judge_envelope
from processors.verification.packets import parse_frame
from processors.verification.pdf.judge import case_of, judge_pdf
from processors.verification.trust.store import TrustStore
from schemas.reference import Reference
from tests.vectors.scene import NOON, Scene

TRUST = frozenset({
    "NO_CERTIFICATE_CHAIN_FOUND", "CRL_MISSING", "CRL_STALE", "OUT_OF_BOUNDS_NO_POE", "NOT_YET_VALID", "KU_MISSING",
    "CHAIN_CONSTRAINTS_FAILURE",
})  # fmt: skip
SOUND, CHANGED, BROKEN, UNREAD, UNSIGNED = "sound", "changed", "broken", "unread", "unsigned"


@cache
def _reference() -> tuple[Reference, TrustStore, Bench]:
    scene = Scene()
    reference = scene.reference()
    return reference, TrustStore(reference), scene.bench(thorough=True)


def ours(path: Path) -> str:
    """Return `sound`, `unsigned`, or every code that refuses the file."""
    if path.suffix == ".pdf":
        judged = judge_pdf(case_of(path.read_bytes(), path.name, _reference()[2]))
        codes = {
            *judged.finding.defects,
            *(code for each in judged.signatures for code in each.finding.defects),
        } - TRUST
        return " ".join(sorted(codes)) or (SOUND if judged.signatures else UNSIGNED)
    reference, trust, _ = _reference()
    return " ".join(judge_document(Asked(path=path, receipt=NOON), reference, trust).finding.defects)


def envelope(path: Path) -> str:
    """Return what the verifier of envelopes says of an XML file by itself; empty where it sees no signature."""
    xml, _ = judge_envelope(lambda: parse_frame(path.read_bytes()), {}, _reference()[2])
    return " ".join(xml.finding.defects) if xml else ""


def stock(path: Path) -> str:
    """Return what pyHanko says of a PDF by its own policy: sound, changed, broken, unread or unsigned."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reader = PdfFileReader(BytesIO(path.read_bytes()), strict=False)
            found = reader.embedded_signatures
            return max((_of(each) for each in found), key=(SOUND, CHANGED, BROKEN).index, default=UNSIGNED)
        except Exception:  # noqa: BLE001 - whatever it says: it does not read the file
            return UNREAD


def _of(signature: EmbeddedPdfSignature) -> str:
    if signature.sig_object.get("/Type") == "/DocTimeStamp":
        return SOUND  # judged with what it stamps
    nobody = ValidationContext(trust_roots=[], allow_fetching=False)
    try:
        status = validate_pdf_signature(signature, nobody)
    except Exception:  # noqa: BLE001 - the message, not the kind, says why
        return BROKEN
    if not (status.intact and status.valid):
        return BROKEN
    whole = status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
    level = status.modification_level
    return SOUND if whole and level is not None and level <= ModificationLevel.FORM_FILLING else CHANGED
