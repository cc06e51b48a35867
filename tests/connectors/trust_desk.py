"""A desk for the job that keeps revocation lists current: a folder to fetch from, and what came into force."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from connectors.trust import job
from connectors.trust.job import Became
from infra.pki import Authority
from schemas.reference import Reference
from tests.vectors.scene import DAY, NOON, Scene, authorities

ROOT, SUB, _ = authorities()


def made(
    number: int = 8, *, by: Authority = SUB, at: datetime = NOON, revoked: Mapping[int, datetime] | None = None
) -> bytes:
    """Return a list of the sub CA, newer than the scene's, good for two days."""
    return by.crl(number=number, this_update=at, next_update=at + 2 * DAY, revoked=revoked or {})


class Desk:
    """A folder to fetch from, and what was published."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.reference = folder, Scene().reference()
        self.published: list[Mapping[str, bytes]] = []

    def lay(self, **lists: bytes) -> None:
        """Write lists into the folder."""
        for name, content in lists.items():
            (self.folder / f"{name}.crl").write_bytes(content)

    def round(self, *sources: str, now: datetime = NOON) -> list[tuple[Became, str]]:
        """Do a round; what is published comes into force."""
        done = job.round_of(sources or (str(self.folder),), self.reference, now, self.publish)
        return [(each.became, each.why) for each in done.outcomes]

    def publish(self, files: Mapping[str, bytes]) -> None:
        """Take what would be announced, as every process will read it."""
        self.published.append(files)
        lists = Reference.from_files({"crl": files})
        assert lists.crl is not None
        self.reference = self.reference.with_value("crl", lists.crl, f"{len(self.published)}")
