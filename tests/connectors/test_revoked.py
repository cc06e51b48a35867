"""`lienthong revoked`: whom to tell when a certificate or a CA turns out to be bad, by real evidence (cli.md)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connectors.register import tables
from connectors.register.projection import project
from infra.cli import cli
from infra.content import open_content
from infra.settings import Settings
from infra.state.database import open_database, writing
from processors.verification.asked import Asked
from processors.verification.document import judge_document
from processors.verification.trust.store import TrustStore
from schemas.events import Event, Milestone
from tests.connectors import life
from tests.vectors.scene import HOUR, NOON, Scene

PERSON, AGENCY, TSA = "3e9", "3EA", "0x03:eb"
"""Serial numbers of the scene's leaves, as people may write them."""


@dataclass(frozen=True)
class Desk:
    """A folder with a register and a content store."""

    settings: Settings

    def judged(self, folder: Path, **scene: Any) -> str:
        """Judge a signed PDF, keep the evidence, return its SHA-256."""
        made = Scene(**scene)
        path = folder / "a.pdf"
        path.write_bytes(made.pdf())
        reference = made.reference()
        judgement = judge_document(Asked(path=path, receipt=NOON), reference, TrustStore(reference))
        assert "" == judgement.reason
        return open_content(self.settings).put([judgement.evidence], "application/json").sha256

    def write(self, events: Sequence[Event]) -> None:
        """Project events."""
        engine = open_database(self.settings.register_url, tables.METADATA)
        with writing(engine) as connection:
            project(connection, list(life.on_topics(events)))
        engine.dispose()

    def asked(self, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        """Run the command."""
        env = {"LIENTHONG_VAR": str(self.settings.var)}
        result = CliRunner().invoke(cli, ["revoked", *arguments, "--json"], env=env)
        return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk with two accepted documents: one stamped, received by one agency; one not."""
    made = Desk(Settings(var=tmp_path / "var"))
    stamped = made.judged(tmp_path, stamped_at=NOON - HOUR)
    plain = made.judged(tmp_path)
    other = {"document_key": "other", "correlation_id": "other", "content": replace(life.CONTENT, sha256="8" * 64)}
    made.write(
        [
            life.submitted(),
            life.signed(verdict=replace(life.PASSED, evidence_sha256=stamped)),
            life.dispatched(),
            life.received(Milestone.RECEIVED, 5),
            life.submitted(**other),
            life.signed(**other, verdict=replace(life.PASSED, evidence_sha256=plain)),
        ]
    )
    return made


@pytest.mark.parametrize("serial", [PERSON, AGENCY, "0003E9"])
def test_a_signers_certificate(desk: Desk, serial: str) -> None:
    """Both documents, the one that was received with who has it."""
    code, answers = desk.asked("--serial", serial)

    assert (0, {life.KEY, "other"}) == (code, {each["document_key"] for each in answers})
    [sent] = [each for each in answers if each["document_key"] == life.KEY]
    assert (life.DOCUMENT_ID, [life.HEALTH], ["received"]) == (
        sent["document_id"],
        [each["organ_id"] for each in sent["deliveries"]],
        [each["label"] for each in sent["deliveries"]],
    )
    assert [int(serial.replace("0x", ""), 16)] == [int(each["serial"], 16) for each in sent["certificates"]]


def test_a_time_stamp_has_a_part_in_it(desk: Desk) -> None:
    """A bad time-stamping authority touches what it stamped, and nothing else."""
    code, answers = desk.asked("--serial", TSA)

    assert (0, [life.KEY]) == (code, [each["document_key"] for each in answers])


def test_a_whole_ca(desk: Desk) -> None:
    """By a part of its name; with a serial number, both on one certificate."""
    assert 2 == len(desk.asked("--issuer", "cn=SUB")[1])
    assert [] == desk.asked("--issuer", "CN=sub", "--serial", TSA)[1]
    assert [] == desk.asked("--issuer", "CN=nobody")[1]


def test_since_leaves_out_what_was_judged_before(desk: Desk) -> None:
    """By the moment of the verdict."""
    assert 2 == len(desk.asked("--serial", PERSON, "--since", life.at(2).isoformat())[1])
    assert [] == desk.asked("--serial", PERSON, "--since", life.at(3).isoformat())[1]


def test_missing_evidence_is_not_passed_over(desk: Desk) -> None:
    """Nobody knows what such a document rests on: it is named, and the answer is no."""
    third = {"document_key": "third", "correlation_id": "third", "content": replace(life.CONTENT, sha256="9" * 64)}
    desk.write([life.submitted(**third), life.signed(**third, verdict=replace(life.PASSED, evidence_sha256="a" * 64))])
    code, answers = desk.asked("--serial", "ff")

    assert (1, [("third", None)]) == (code, [(each["document_key"], each["certificates"]) for each in answers])


@pytest.mark.parametrize("arguments", [(), ("--serial", "xyz"), ("--serial", "")])
def test_what_cannot_be_asked(desk: Desk, arguments: tuple[str, ...]) -> None:
    """Usage, not an empty list that looks like an all-clear."""
    assert 2 == desk.asked(*arguments)[0]
