"""Who may speak for whom: client systems and certificates -> sets of organ_ids (decision 2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.ids import clean_code, code_form
from schemas.reference.faults import Faults
from schemas.reference.table import read_table

COLUMNS = ("kind", "identity", "organ_ids", "note")
KINDS_OF_IDENTITY = ("folder", "certificate", "client", "kafka")


@dataclass(frozen=True, slots=True)
class Identities:
    """A snapshot of the principals."""

    organ_ids: Mapping[tuple[str, str], frozenset[str]]
    """(kind, identity) -> organ_ids it may speak for."""

    def may_speak_for(self, kind: str, identity: str) -> frozenset[str]:
        """Return the agencies a principal speaks for; none for an unknown one.

        `kind`: `folder` (name of the folder), `certificate` (RFC 4514 subject), `client`, `kafka`.
        """
        return self.organ_ids.get((kind, identity), frozenset())

    def of_principal(self, principal: str) -> frozenset[str]:
        """Return the same for `kind:identity`, as `submitted_by` of an event says it (`folder:h53`)."""
        kind, _, identity = principal.partition(":")
        return self.may_speak_for(kind, identity)

    def named(self, kind: str) -> dict[str, frozenset[str]]:
        """Return every identity of a kind with its agencies."""
        return {identity: codes for (each, identity), codes in self.organ_ids.items() if each == kind}


def parse_identities(files: Mapping[str, bytes], faults: Faults) -> Identities:
    """Parse identities.csv; `organ_ids` are separated by `;`."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for row in read_table("identities.csv", files.get("identities.csv"), COLUMNS, faults):
        kind, identity = row.choice("kind", KINDS_OF_IDENTITY), row.text("identity")
        codes = [code.strip() for code in row.text("organ_ids").split(";") if code.strip()]
        for code in codes:
            if code != clean_code(code) or code_form(code) not in ("102", "qd20"):
                row.fault("organ_ids", "CODE_MALFORMED", f"Mã “{code}” không đúng dạng QCVN 102:2016 hoặc QĐ 20/2020.")
        if kind == "folder" and ("/" in identity or "\\" in identity or identity in (".", "..")):
            row.fault("identity", "BAD_VALUE", "Tên thư mục không chứa dấu gạch chéo.")
        if (kind, identity) in found:
            row.fault("identity", "BAD_VALUE", f"{kind} “{identity}” có hai lần.")
        found[kind, identity] = frozenset(codes)
    return Identities(found)
