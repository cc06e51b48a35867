"""What is asked about one document: everything, beside its bytes and the reference data, that a judgement depends on."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.edxml import Limits

DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked about one document."""

    path: Path
    receipt: datetime
    """When the axis took it; for `lienthong verify` the moment of `--at`."""

    sender: str | None = None
    """organ_id of the resolved sender; None: what the packet says, resolved by the directory."""

    profile: str = ""
    """Policy profile; empty: the default one."""

    thorough: bool = False
    """Analyse changes whatever trust says (`lienthong verify`); else only where all before it passed."""

    limits: Limits = DEFAULT_LIMITS
    """What reading the packet may cost."""

    name: str = ""
    """What a bare PDF or XML is called in the answer; empty: as its file is."""

    @property
    def called(self) -> str:
        """The name; what is no text in a file's name is replaced, for evidence is UTF-8."""
        return (self.name or self.path.name).encode("utf-8", "replace").decode()
