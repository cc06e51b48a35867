"""Stock pyHanko: every signature by `validate_pdf_signature`, lists required for each certificate, roots and lists parsed once.

A validation context serves one document only: it freezes the moment and remembers the certificates of what it saw.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from asn1crypto import crl, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import policies
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from processors.verification.pdf.changes import SIGNATURES_ONLY


def judge_of(folder: Path) -> Callable[[Path], str]:
    """Return pyHanko with this trust."""
    policies.logger.disabled = True  # it writes a trace of every refusal
    trust: dict[str, Any] = {
        "trust_roots": [x509.Certificate.load(each.read_bytes()) for each in sorted((folder / "anchors").iterdir())],
        "other_certs": [x509.Certificate.load(each.read_bytes()) for each in sorted((folder / "middle").iterdir())],
        "crls": [crl.CertificateList.load(each.read_bytes()) for each in sorted((folder / "crls").iterdir())],
        "moment": datetime.fromtimestamp(int((folder / "moment").read_text()), UTC),
        "revocation_mode": "require",
        "allow_fetching": False,
    }
    return partial(_judge, trust=trust)


def _judge(path: Path, trust: dict[str, Any]) -> str:
    context = ValidationContext(**trust)
    with path.open("rb") as stream:
        signatures = PdfFileReader(stream).embedded_regular_signatures
        for each in signatures:
            status = validate_pdf_signature(each, context, diff_policy=SIGNATURES_ONLY)
            if not status.bottom_line:
                return "no"
        return f"yes {len(signatures)}" if signatures else "no"
