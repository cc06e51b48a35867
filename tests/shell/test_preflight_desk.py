"""The pre-flight on its socket: the command's answer for a packet below the folder; every other question is answered too, and nothing ends it."""

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from infra.clock import open_clock, set_clock
from infra.demo import province
from infra.demo.compose import Composer, PacketKind
from infra.demo.frame import Draft
from infra.kafka.epochs import FixedReferences
from infra.packets import limits
from infra.preflight import NoPreflightError, ask, short_path, socket_file
from infra.settings import Settings
from processors.preflight.desk import MAX_REQUEST, Desk
from processors.preflight.process import _plain, serve
from processors.verification.judging.pool import JudgePool
from schemas.reference import KINDS, Reference, files_of
from tests.axis import MORNING
from tests.reference_files import demo_files

PROVINCE, HEALTH = "000.00.00.H53", "000.00.17.H53"


def reference(settings: Settings) -> Reference:
    """Return the demo province's reference data with a PKI made for the test."""
    pki = province.open_pki(settings, MORNING)
    files = dict(demo_files())
    for folder in (pki.trust, pki.crl):
        files |= {str(each.relative_to(pki.folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    return Reference.from_files({kind: files_of(kind, files) for kind in KINDS})


def packet(settings: Settings, kind: PacketKind = PacketKind.GOOD) -> Path:
    """Write a packet below the folder of the axis."""
    draft = Draft(sender=PROVINCE, recipients=(HEALTH,), number=1, at=MORNING)
    path = settings.var / f"{kind}.edxml"
    Composer(province.open_pki(settings, MORNING)).write(draft, path, kind)
    return path


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Settings]:
    """Run the desk in this process."""
    set_clock(settings.clock_file, "stepped", at=MORNING)
    made = Desk(
        folder=settings.var.resolve(),
        references=FixedReferences(await asyncio.to_thread(reference, settings)),
        clock=open_clock(settings),
        pool=JudgePool(size=1),
        limits=limits(settings),
        gate=asyncio.Semaphore(1),
        plain=_plain,
    )
    ending = asyncio.Event()
    task = asyncio.create_task(serve(settings, made, ending))
    while not socket_file(settings).exists():
        assert not task.done()
        await asyncio.sleep(0.01)
    yield settings
    ending.set()
    await task
    assert not socket_file(settings).exists()


async def asked(settings: Settings, path: Path) -> dict[str, Any]:
    """Ask as the web door does, from a thread."""
    return await asyncio.to_thread(ask, settings, path)


async def test_the_answer_is_the_commands(desk: Settings) -> None:
    """A good packet with its deadlines, a tampered one, one that is no packet; two at once."""
    good = await asyncio.to_thread(packet, desk)
    tampered = await asyncio.to_thread(packet, desk, PacketKind.TAMPERED)
    other = desk.var / "other.edxml"
    other.write_bytes(b"%PDF-")
    first, second, third = await asyncio.gather(asked(desk, good), asked(desk, tampered), asked(desk, other))

    assert (True, [HEALTH]) == (first["ok"], [each["organ_id"] for each in first["deliveries"]])
    assert {"transport", "intake"} <= {each["clock"] for each in first["deadlines"]}
    assert (False, "TOTAL_FAILED") == (second["ok"], second["verdict"]["indication"])
    assert (False, "NOT_EDXML") == (third["ok"], third["refusals"][0]["code"])
    assert 0o600 == stat.S_IMODE(socket_file(desk).stat().st_mode)


@pytest.mark.parametrize(
    "question",
    [
        b"\n",
        b"[]\n",
        b'{"path": 5}\n',
        b'{"path": "/etc/passwd"}\n',
        b'{"path": "VAR/../../etc/passwd"}\n',
        b'{"path": "VAR/run"}\n',
        b'{"path": "VAR/link"}\n',
        b'{"path": "VAR/\\u0000"}\n',
        b"[" * (MAX_REQUEST - 2) + b"\n",
        b"x" * MAX_REQUEST * 2 + b"\n",
    ],
)
async def test_other_questions_are_answered_too(desk: Settings, question: bytes) -> None:
    """Nonsense, files elsewhere, links out of the folder, too long a line: an error, and the next question has its answer."""
    (desk.var / "link").symlink_to("/etc/passwd")
    said = await asyncio.to_thread(_raw, desk, question.replace(b"VAR", str(desk.var.absolute()).encode()))
    assert ["error"] == list(said)

    with pytest.raises(NoPreflightError, match="no such file"):
        await asked(desk, desk.var / "nothing.edxml")


async def test_where_nobody_listens_it_says_so(settings: Settings) -> None:
    """No process, or one that has just ended."""
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    with pytest.raises(NoPreflightError, match="does not answer"):
        await asked(settings, settings.var)


def _raw(settings: Settings, question: bytes) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(20)
        with short_path(socket_file(settings)) as path:
            asking.connect(path)
        asking.sendall(question)
        with asking.makefile("rb") as said:
            found: dict[str, Any] = json.loads(said.readline())
    return found
