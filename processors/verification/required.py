"""Step 7, which signatures decide: those the policy requires, by signers of the sending agency.

The worst of the required ones is the document's. A signature that was put on top of them must hold as well, for it may show
something; any other speaks up only where it proves that bytes changed.
"""

from collections.abc import Iterable, Sequence

from processors.verification.defects import FAILED, Finding, deciding, found, weight
from processors.verification.verdict import PdfJudgement, SignatureVerdict
from schemas.reference.signature_policy import SignatureRule


def judge_required(
    pdf: PdfJudgement, required: Sequence[str], sender: str, rule: SignatureRule
) -> tuple[Finding, tuple[SignatureVerdict, ...]]:
    """Return what a PDF's signatures mean for the document, and the signatures that decide.

    `sender` is an organ_id; empty (a bare PDF): every signature decides, whoever made it.
    """
    finding = pdf.finding
    proper = [each for each in pdf.signatures if each.role != "timestamp"]
    if not pdf.found:
        return finding + found(["NO_SIGNATURE_FOUND"]), ()
    if not sender:
        chosen = list(proper)
    else:
        chosen = []
        nameless = [each for each in proper if not each.role]
        for role in required:
            candidates = [each for each in proper if each.role == role]
            if candidates:
                chosen.append(min(candidates, key=lambda each: _rank(each, sender)))
            elif nameless:
                chosen += [each for each in nameless if each not in chosen]  # one of them is the one that is missing
            else:
                finding += found(["REQUIRED_SIGNATURE_MISSING"])
    on_top = max((each.covered_to for each in chosen), default=0)
    for each in pdf.signatures:
        if each in chosen:
            finding += each.finding + _entitled(each, sender, rule)
        elif _gravity(each) == FAILED or not each.role or (each in proper and each.covered_to > on_top):
            finding += each.finding
        else:
            finding += Finding(warnings=each.finding.codes)
    return finding, tuple(chosen)


def _entitled(each: SignatureVerdict, sender: str, rule: SignatureRule) -> Finding:
    if not sender or not each.role or sender in each.organ_ids:
        return Finding()
    if rule.signer_not_sender == "warn":
        return Finding(warnings=("SIGNER_NOT_SENDER_AGENCY",))
    return found(["SIGNER_NOT_SENDER_AGENCY"])


def _rank(each: SignatureVerdict, sender: str) -> tuple[int, int]:
    """Rank the sender's own before others', sound before unsound."""
    return (0 if sender in each.organ_ids else 1, _gravity(each))


def _gravity(each: SignatureVerdict) -> int:
    return weight(deciding(each.finding.defects) or "LENIENT_PARSE")


def last_of(chosen: Iterable[SignatureVerdict]) -> SignatureVerdict | None:
    """Return the required signature with the latest best signature time."""
    last = None
    for each in chosen:
        if each.signed_at and (last is None or last.signed_at is None or each.signed_at > last.signed_at):
            last = each
    return last
