"""One fault: what it is called, what it says, what it does to a stage."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.stage import Stage

Do = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row of the scorecard."""

    name: str
    says: str
    """What happens, in one sentence."""

    do: Do
    """Returns when the world is whole again; raises `StuckError` when it does not become so."""

    acts: tuple[str, ...] = ("one",)
    """The stages it is played on."""

    short: bool = True
    """Part of the short schedule, too."""


FAULTS: dict[str, Fault] = {}
"""Every fault by name, in the order of the source."""


def fault(name: str, *acts: str, short: bool = True) -> Callable[[Do], Do]:
    """Declare a fault of some acts, of `one` if none is named; its docstring says what happens."""

    def declare(do: Do) -> Do:
        says = (do.__doc__ or "").strip().splitlines()[0]
        FAULTS[name] = Fault(name=name, says=says, do=do, acts=acts or ("one",), short=short)
        return do

    return declare
