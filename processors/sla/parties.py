"""Who a step of the ladder speaks to: self, parent, sender, recipient, axis, as agencies and then as officials."""

from dataclasses import dataclass
from datetime import date

from processors.sla.rulebook import Rulebook
from schemas.events import Told
from schemas.reference.sla import Party

MAX_PARTIES = 50_000
"""Look-ups kept of one rulebook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """An agency that should have an official in a role and has none: a fault of the directory."""

    organ_id: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The agencies around one duty."""

    debtor: str
    sender: str = ""
    """Empty in a what-if that names none."""

    recipient: str = ""

    def officials(
        self, wanted: tuple[Party, ...], rulebook: Rulebook, on: date
    ) -> tuple[tuple[Told, ...], tuple[Gap, ...]]:
        """Return whom to tell on a day, each once, and where somebody is missing; looked up once a day."""
        asked = (self.debtor, self.sender, self.recipient, wanted, on)
        if (known := rulebook.parties.get(asked)) is None:
            if len(rulebook.parties) > MAX_PARTIES:
                rulebook.parties.clear()
            known = rulebook.parties[asked] = self._officials(wanted, rulebook, on)
        return known

    def _officials(
        self, wanted: tuple[Party, ...], rulebook: Rulebook, on: date
    ) -> tuple[tuple[Told, ...], tuple[Gap, ...]]:
        told: dict[tuple[str, str, str], Told] = {}
        gaps: dict[Gap, None] = {}
        for party in wanted:
            organ_id = self._agency(party.of, rulebook, on)
            if not organ_id:
                if party.of in ("sender", "recipient"):  # a what-if: it counts as a contact all the same
                    told.setdefault(("", party.role, ""), Told(organ_id="", role=party.role, name="", mailbox=""))
                continue  # no parent above a root: nobody is missing
            officials = rulebook.officials(organ_id, party.role, on)
            if not officials:
                gaps[Gap(organ_id=organ_id, role=party.role)] = None
            for each in officials:
                told.setdefault((organ_id, party.role, each.mailbox), each)
        return tuple(told.values()), tuple(gaps)

    def _agency(self, of: str, rulebook: Rulebook, on: date) -> str:
        match of:
            case "self":
                return rulebook.living(self.debtor, on)
            case "parent":
                return rulebook.parent(rulebook.living(self.debtor, on), on)
            case "axis":
                return rulebook.sla.axis.agency
            case _:
                organ_id = self.sender if of == "sender" else self.recipient
                return rulebook.living(organ_id, on) if organ_id else ""
