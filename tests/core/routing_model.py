"""What a router and the lattice must amount to for one document id and its files, where everything comes in order: a model without events, rows or joins."""

from dataclasses import dataclass, field

RANK = ("dispatched", "01", "03", "04", "05", "06")
ACCEPTED = RANK[RANK.index("03") :]


@dataclass
class Sent:
    """One delivery."""

    progress: str = "dispatched"
    refused: bool = False
    recalled: bool = False
    asked: list[set[str]] = field(default_factory=list)
    """Take-back rounds: what was answered in each; a round that nobody asked for holds `unasked`."""

    def said(self, code: str) -> None:
        """Take a status."""
        if code in RANK:
            self.progress = max(self.progress, code, key=RANK.index)
        elif code == "02":
            self.refused = True
        elif code == "13":
            self.ask()
        else:
            self.asked = self.asked or [{"unasked"}]
            self.asked[-1].add(code)

    def ask(self) -> None:
        """Ask it back; asking again before an answer is the same round."""
        if not self.asked or self.asked[-1] & {"15", "16"}:
            self.asked.append(set())
        self.asked[-1].discard("unasked")

    def recall(self) -> None:
        """Take it back, or ask for it where somebody had accepted it."""
        if self.progress in ACCEPTED:
            self.ask()
        else:
            self.recalled = True

    @property
    def label(self) -> str:
        """Return what people see."""
        if self.recalled or {"15"} in self.asked:
            return "recalled"
        if {"15", "16"} in self.asked or (self.refused and self.progress in ACCEPTED):
            return "contested"
        if self.refused:
            return "refused"
        return "recall asked" if set() in self.asked else self.progress


@dataclass
class Model:
    """One document id."""

    carried: str = ""
    sent: dict[str, Sent] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)
    """Recipients whose delivery was recalled formally, which is done once."""

    updated: set[str] = field(default_factory=set)
    """Recipients who got a newer version, which stands by itself."""

    first: dict[str, str] = field(default_factory=dict)
    """Files -> the document id that carried them first."""

    links: set[tuple[str, str]] = field(default_factory=set)
    """(first, later) document ids with the same files."""

    def hand_over(self, sha256: str, reachable: list[str]) -> bool:
        """Carry the first bytes that reach anybody; other bytes, and the same again, change nothing. Tell whether they were carried."""
        if self.carried or not reachable:
            return False
        self.carried, self.sent = sha256, {each: Sent() for each in reachable}
        return True

    def hold(self, files: str, document_id: str) -> None:
        """Carry files under an id."""
        if self.first.setdefault(files, document_id) != document_id:
            self.links.add((self.first[files], document_id))

    def update(self, gets: list[str], dropped: list[str]) -> None:
        """Give some a newer version, take the document back from whom it drops."""
        if self.carried:
            self.updated |= set(gets)
            self.sent |= {each: Sent() for each in gets if each not in self.sent}
            self.recall(dropped)

    def recall(self, recipients: list[str]) -> None:
        """Recall what was sent to some."""
        for each in recipients:
            if each in self.sent and each not in self.taken_back:
                self.taken_back.add(each)
                self.sent[each].recall()
