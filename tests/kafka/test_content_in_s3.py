"""A week whose contents lie in a bucket, on a real S3 server: every process and the audit work as on a folder."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.settings import Settings
from tests.content_places import named, versitygw
from tests.demo_week import audit, week
from tests.gateway import BUCKET, PREFIX, SECRET

PACKETS, SECONDS = 24, 300.0

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(SECONDS + 120)]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the folder that the server keeps our objects in; the environment names the bucket."""
    with versitygw(tmp_path / "served") as port:
        named(port, monkeypatch)
        yield tmp_path / "served" / BUCKET / PREFIX


def test_a_week_on_a_bucket_settles_and_the_audit_reads_every_content(
    settings: Settings, served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intake puts, judges are lent, inboxes are filled; nothing lies in a folder of ours. Then a content is lost, planted, and the store away."""
    said = tmp_path / "up.json"
    with week(settings, said, "--packets", str(PACKETS)) as running:
        code = running.wait(SECONDS)
    result = json.loads(said.read_text())
    odd = [row for row in result["outcomes"] if row["expected"] != row["actual"]]
    assert ([], True, 0) == (odd, result["ok"], code), said.with_suffix(".err").read_text()[-2_000:]
    assert PACKETS == len(result["outcomes"])
    assert not settings.content_folder.exists()
    assert [] == [*(settings.var / "spool").iterdir()]
    assert [] == [each for each in (settings.var / "log").iterdir() if SECRET in each.read_text()]

    code, judged = audit(settings)
    found = {name: judged[name] for name in ("lost", "duplicate_effects", "unexplained")}
    assert (0, {"lost": [], "duplicate_effects": [], "unexplained": []}) == (code, found)
    assert PACKETS < judged["contents"]

    largest, other, *_ = sorted((each for each in served.rglob("*") if each.is_file()), key=_size, reverse=True)
    largest.unlink()
    other.write_bytes(b"planted")
    code, judged = audit(settings)
    assert 1 == code
    assert [True] == [largest.name in each and "not in the content store" in each for each in judged["lost"]]
    assert [True] == [other.name in each and "another hash" in each for each in judged["unexplained"]]

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    code, judged = audit(settings)
    assert 2 == code
    assert "SignatureDoesNotMatch" in judged["said"]


def _size(path: Path) -> int:
    return path.stat().st_size
