"""A verdict in the console with what it rests on: who signed, the chain of certificates, the lists that were asked."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.console.desk import Desk
from infra.accounts import Role
from infra.content import open_content
from infra.demo.compose import Composer, PacketKind
from infra.demo.frame import Draft
from infra.pki import Pki
from tests.connectors import console_scene as scene
from tests.connectors import life
from tests.connectors.console_scene import visiting
from tests.core.test_verification_document import NINE, RECIPIENT, SENDER, judge, reference_of

PAGE = f"/document?key={life.KEY}"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a console over a document whose verdict has the evidence of a packet that was judged."""
    scene.cheap_hashes(monkeypatch)
    pki = Pki.open(tmp_path / "pki", at=NINE, agencies={SENDER: "Ủy ban nhân dân tỉnh X"})
    packet = Composer(pki).make(Draft(sender=SENDER, recipients=(RECIPIENT,), number=1, at=NINE), PacketKind.GOOD)
    evidence = judge(packet.packet, tmp_path, reference_of(pki)).evidence
    made = scene.make_desk(tmp_path)
    open_content(made.settings).put([evidence], "application/json")
    verdict = replace(life.PASSED, evidence_sha256=hashlib.sha256(evidence).hexdigest())
    scene.write(f"sqlite:///{tmp_path / 'register.sqlite'}", [life.submitted(), life.signed(verdict=verdict)])
    return made


def test_the_chain_is_told_and_the_signer_to_those_who_may_know(desk: Desk) -> None:
    """Envelope, person and seal; each up to the root; lists with their span."""
    with visiting(desk, Role.AUDITOR) as auditor:
        page = auditor.get(PAGE).text
    with visiting(desk, Role.VIEWER) as viewer:
        seen = viewer.get(PAGE).text

    assert 3 == page.count('<ol class="chain"')
    assert (True, False) == ("Ủy ban nhân dân tỉnh X" in page, "Ủy ban nhân dân tỉnh X" in seen)
    assert 3 == seen.count("tên được ẩn")
    assert page.count("CRL số") >= 3


def test_without_the_evidence_the_verdict_stands_all_the_same(desk: Desk) -> None:
    """The store may be away, or the file another."""
    for each in desk.settings.content_folder.glob("??/*"):
        each.write_bytes(b"{}")
    with visiting(desk, Role.AUDITOR) as auditor:
        page = auditor.get(PAGE)

    assert 200 == page.status_code
    assert "chữ ký hợp lệ" in page.text
    assert 'class="chain"' not in page.text
