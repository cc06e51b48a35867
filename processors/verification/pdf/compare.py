"""Two lanes, one file: what they say must agree. The strict lane may refuse more, never less."""

from collections.abc import Mapping

from processors.verification.pdf.located import Modification
from processors.verification.verdict import PdfJudgement, SignatureVerdict

STRICTER = frozenset({"CHANGED_AFTER_SIGNING", "TAIL_UNCOVERED"})
"""Codes that our own rules for later revisions give where pyHanko's let a change pass."""

READING = frozenset({"HYBRID_XREF", "LENIENT_PARSE", "TAIL_UNCOVERED"})
"""Codes that say how the general lane could read a file; our own reader knows files that pyHanko's strict mode does not."""


DETAILS = (
    "role", "signer", "signed_at", "time_source", "claimed_at", "covered_to", "coverage", "chain", "revocation", "attributes_sha256",
    "token",
)  # fmt: skip


def disagreements(strict: PdfJudgement, general: PdfJudgement) -> tuple[str, ...]:
    """Name what two judgements of the same file disagree on; empty where they agree.

    Of what both refuse, only that it is refused is compared: after the first defect each stops where it likes.
    """
    unread = set(general.finding.defects) - READING
    if unread and _refuses(strict):
        return ()  # what is broken is broken: pyHanko gives up on the whole file where our reader names the place
    found = []
    if strict.found != general.found:
        found.append(f"found {strict.found} and {general.found}")
    found += _verdicts("file", set(strict.finding.defects) - STRICTER, unread)
    mine, theirs = _by_field(strict), _by_field(general)
    for field in mine.keys() | theirs.keys():
        if field in mine and field in theirs:
            found += _signature(field, mine[field], theirs[field])
        else:
            found.append(f"{field} is in one only")
    return tuple(sorted(found))


def _refuses(judgement: PdfJudgement) -> bool:
    return bool(judgement.finding.defects) or any(each.finding.defects for each in judgement.signatures)


def _by_field(judgement: PdfJudgement) -> Mapping[str, SignatureVerdict]:
    return {f"{number} {each.where}": each for number, each in enumerate(judgement.signatures)}


def _signature(field: str, mine: SignatureVerdict, theirs: SignatureVerdict) -> list[str]:
    """Compare one signature; a later change that only we see is no disagreement, one that only pyHanko sees is."""
    if mine.finding.defects and theirs.finding.defects:
        return []
    found = _verdicts(field, set(mine.finding.defects) - STRICTER, set(theirs.finding.defects) - STRICTER)
    if theirs.modification is Modification.OTHER and mine.modification is not Modification.OTHER:
        found.append(f"{field}: changes {mine.modification} and {theirs.modification}")
    return found + [f"{field}: {name}" for name in DETAILS if getattr(mine, name) != getattr(theirs, name)]


def _verdicts(where: str, mine: set[str], theirs: set[str]) -> list[str]:
    return [f"{where}: {' '.join(sorted(mine | theirs))} by one only"] if bool(mine) != bool(theirs) else []
