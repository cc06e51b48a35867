"""Reference data in the console: what is in force, since when, by whom, and line by line what a newer snapshot changes."""

from pathlib import Path

import pytest

from connectors.console.desk import Desk
from infra.accounts import Role
from infra.content import open_content
from schemas.events import ContentRef, ReferencePublished
from schemas.reference import Reference, files_of, pack, version_of
from tests.connectors import console_scene as scene
from tests.connectors import life
from tests.connectors.console_scene import visiting
from tests.reference_files import demo_files


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.cheap_hashes(monkeypatch)


def packed(**changed: bytes) -> bytes:
    """Return the packed deadline rules of the demo, with lines behind them."""
    files = files_of("sla", demo_files())
    return pack({**files, "sla.yaml": files["sla.yaml"] + changed.get("more", b"")})


def published(desk: Desk, content: bytes, minutes: float) -> str:
    """Publish a snapshot; return its version."""
    open_content(desk.settings).put([content], "application/zip")
    version = version_of(content)
    event = life.made(
        ReferencePublished, minutes, version,
        kind="sla", version=version, published_by="Lê Văn C", content=ContentRef(sha256=version, size=len(content), media_type="application/zip"),
    )  # fmt: skip
    scene.write(f"sqlite:///{desk.settings.var / 'register.sqlite'}", [event])
    return version


def test_the_snapshot_in_force_and_what_it_changed(tmp_path: Path) -> None:
    """The kind in force names who published it; an earlier one is compared with it by a link; other kinds were never published."""
    newer = packed(more=b"# a remark that was not there\n")
    desk = scene.make_desk(tmp_path, reference=Reference().with_pack("sla", newer))
    old, new = published(desk, packed(), 0), published(desk, newer, 60)
    with visiting(desk, Role.AUDITOR) as auditor:
        page = auditor.get("/snapshots").text
        link = f"/snapshot?kind=sla&old={old}&new={new}"
        difference = auditor.get(link).text
    with visiting(desk, Role.VIEWER) as viewer:
        seen = viewer.get("/snapshots").text

    assert new[:12] in page
    assert link.replace("&", "&amp;") in page
    assert 10 == page.count("chưa công bố")
    assert ("Lê Văn C" in page, "Lê Văn C" in seen) == (True, False)
    assert "+ sla.yaml: # a remark that was not there" in difference
    assert "Dòng bỏ" not in difference


def test_nothing_but_what_was_published_is_read_from_the_store(tmp_path: Path) -> None:
    """A packet's digest is no snapshot; a snapshot that is gone from the store is named as away."""
    desk = scene.make_desk(tmp_path)
    version = published(desk, packed(), 0)
    other = packed(more=b"# not announced\n")
    open_content(desk.settings).put([other], "application/zip")
    gone = published(desk, packed(more=b"# gone\n"), 60)
    (desk.settings.content_folder / gone[:2] / gone).unlink()
    with visiting(desk, Role.VIEWER) as viewer:
        asked = [viewer.get(f"/snapshot?kind=sla&old={version}&new={each}") for each in (version_of(other), gone, "x")]

    assert [404, 503, 404] == [each.status_code for each in asked]
