"""What the feeder handed over and when: a line of JSON a packet, written before the packet is renamed into place."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One packet that lies in a door."""

    at: float
    """Unix time, seconds, of the machine's own clock."""

    key: str
    """Document key."""

    sha256: str
    kind: str


class Journal:
    """Appends; the reader follows the same file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def add(self, handed: Handed) -> None:
        """Write a line."""
        with self._path.open("a") as out:
            out.write(json.dumps(asdict(handed)) + "\n")


class JournalReader:
    """Follows a journal that another process writes."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0
        self.handed: list[Handed] = []

    def look(self) -> None:
        """Take in what is new; a line that is not whole yet waits."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                self.handed.append(Handed(**json.loads(line)))
