"""The pool of judges: a poison file costs itself, workers are replaced at once and never outlive their parent."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from processors.verification.asked import Asked
from processors.verification.document import judge_document
from processors.verification.judging.pool import FILES_A_WORKER, JudgePool, Limits
from processors.verification.judging.wire import answer, judgement_of, needed_of
from processors.verification.trust.store import TrustStore
from schemas.reference.policy_dangers import Danger
from tests.connectors.life import submitted
from tests.vectors.scene import NOON, Scene

SCENE = Scene()
REFERENCE = SCENE.reference()
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a good PDF."""
    path = tmp_path_factory.mktemp("pdf") / "good.pdf"
    path.write_bytes(SCENE.pdf())
    return path


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[JudgePool]:
    """Return a pool of two with a short patience."""
    made = JudgePool(size=2, limits=Limits(wall_seconds=1.0))
    await made.start()
    yield made
    await made.close()


def asked(path: Path) -> Asked:
    """Ask about a file received at noon."""
    return Asked(path=path, receipt=NOON)


async def test_a_worker_says_what_the_core_says(pool: JudgePool, signed: Path) -> None:
    """The same verdict and the same evidence, byte for byte, in and out of the pool, however often."""
    here = judge_document(asked(signed), needed_of(REFERENCE), TrustStore(REFERENCE))
    there = [await pool.judge(asked(signed), REFERENCE) for _ in range(3)]

    assert [here.evidence] * 3 == [each.evidence for each in there]
    assert (here.verdict, "") == (there[0].verdict, there[0].reason)


async def test_a_document_that_never_ends_costs_itself(pool: JudgePool, signed: Path, tmp_path: Path) -> None:
    """Both workers it was given to are killed and replaced; others are served beside it and after it."""
    endless = tmp_path / "endless.pdf"
    os.mkfifo(endless)
    before, killed = pool.pids, pool.killed

    assert "RESOURCE_LIMIT" == (await pool.judge(asked(endless), REFERENCE)).reason
    assert killed + 2 == pool.killed
    assert "" == (await pool.judge(asked(signed), REFERENCE)).reason
    assert (2, 2) == (len(pool.pids), len(before))
    assert set(before) != set(pool.pids)


async def test_a_killed_worker_is_replaced(pool: JudgePool, signed: Path) -> None:
    """Kill -9 of every worker: the next documents are judged all the same."""
    before = pool.pids
    for pid in before:
        os.kill(pid, signal.SIGKILL)

    assert ["", ""] == [(await pool.judge(asked(signed), REFERENCE)).reason for _ in range(2)]
    assert 2 == len(pool.pids)


async def test_a_worker_is_recycled(signed: Path) -> None:
    """After so many documents a fresh process takes its place."""
    pool = JudgePool(size=1, limits=Limits(documents=2))
    await pool.start()
    before = pool.pids
    for _ in range(2):
        await pool.judge(asked(signed), REFERENCE)
    after = pool.pids
    await pool.close()

    assert (1, 0) == (len(after), pool.killed)
    assert before != after


async def test_content_that_is_not_there_is_waited_for(pool: JudgePool, tmp_path: Path) -> None:
    """A fault of the store is not the sender's."""
    assert "CONTENT_UNAVAILABLE" == (await pool.judge(asked(tmp_path / "none"), REFERENCE)).reason


async def test_newer_reference_data_reach_every_worker(pool: JudgePool, signed: Path) -> None:
    """A revoked signer is refused as soon as the reference says so, whichever worker is asked."""
    revoked = SCENE.with_(revoked={"agency": NOON - SCENE.bench().rule.max_claim_skew}).reference()
    newer = revoked.with_value("crl", revoked.crl, "2")

    assert "" == (await pool.judge(asked(signed), REFERENCE)).reason
    assert ["REVOKED_NO_POE"] * 2 == [(await pool.judge(asked(signed), newer)).reason for _ in range(2)]


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"defects": ["NO_SUCH_CODE"]}', b"\xff\n"])
async def test_nonsense_from_a_worker_is_no_judgement(line: bytes) -> None:
    """Only the closed list of codes comes back over the pipe."""
    with pytest.raises((ValueError, LookupError, TypeError)):
        judgement_of(line)


async def test_a_judgement_survives_the_pipe(signed: Path) -> None:
    """judgement_of(answer(x)) says the same as x."""
    here = judge_document(asked(signed), needed_of(REFERENCE), TrustStore(REFERENCE))

    assert here.verdict == judgement_of(answer(here)).verdict


PARENT = """
import asyncio, sys
from pathlib import Path
from processors.verification.judging.pool import JudgePool
async def main():
    pool = JudgePool(size=2)
    await pool.start()
    print(*pool.pids, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


async def test_workers_die_with_their_parent() -> None:
    """Kill -9 of the parent leaves no judge behind."""
    with subprocess.Popen(  # noqa: ASYNC220 - it blocks for a moment, and nothing else runs here
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        watched = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()
    poll = select.poll()
    for handle in watched:
        poll.register(handle, select.POLLIN)
    gone: set[int] = set()
    while len(gone) < len(watched):
        ready = poll.poll(20_000)
        assert ready, "a judge outlived its parent"
        for handle, _ in ready:
            gone.add(handle)
            poll.unregister(handle)
    for handle in watched:
        os.close(handle)


async def test_each_judged_document_is_a_step_forward(signed: Path) -> None:
    """A batch of many slow documents is no standstill: what was judged is counted while the batch is still at work."""
    made = JudgePool(size=1, lend=lambda _sha256: nullcontext(signed))
    await made.start()
    events = [submitted(event_id=f"e{number}", document_key=f"{number:032x}") for number in range(3)]
    counts = []
    work = asyncio.ensure_future(made.prepare(events, {}, REFERENCE))
    while not work.done():
        counts.append(made.judged)
        await asyncio.sleep(0.001)  # a look at what goes on meanwhile
    await made.close()

    assert [True] * 3 == [judgement is not None for judgement in await work]
    assert 3 == made.judged
    assert {1, 2} & set(counts)


async def test_a_dangerous_policy_is_said_once() -> None:
    """When it comes into force, each option by rule and name; not with every batch."""
    policy = REFERENCE.signature_policy
    assert policy is not None
    rule, *others = policy.rules
    loose = replace(policy, rules=(replace(rule, unsigned="information"), *others))
    reference = REFERENCE.with_value("signature_policy", loose, "loose")
    said: list[Danger] = []
    idle = JudgePool(size=1, warn=said.append)
    for each in (REFERENCE, reference, reference):
        await idle.prepare([], {}, each)

    assert [("vn-gov-2020", "unsigned: information")] == [(each.rule, each.option) for each in said]


async def test_a_content_that_is_not_there_holds_its_document_and_an_away_store_ends_the_batch(signed: Path) -> None:
    """Missing: CONTENT_UNAVAILABLE, the others are judged. Any other trouble says nothing about a document, and is raised."""
    troubles: list[OSError] = [FileNotFoundError("CONTENT_MISSING"), OSError("the store is away")]

    @contextmanager
    def lend(sha256: str) -> Iterator[Path]:
        if sha256 == "b" * 64:
            raise troubles[0]
        yield signed

    made = JudgePool(size=1, lend=lend)
    await made.start()
    good = submitted(event_id="e1", document_key="1" * 32)
    lost = submitted(event_id="e2", document_key="2" * 32, content=replace(good.content, sha256="b" * 64))
    judged = await made.prepare([lost, good], {}, REFERENCE)
    troubles.pop(0)
    with pytest.raises(OSError, match="the store is away"):
        await made.prepare([lost], {}, REFERENCE)
    await made.close()

    assert [True, False] == [each.reason == "CONTENT_UNAVAILABLE" for each in judged if each]


async def test_only_what_is_judged_next_is_lent(signed: Path) -> None:
    """A batch of large packets does not fill the disk: two files a judge at most, each given back."""
    lent: list[int] = [0]

    @contextmanager
    def lend(_sha256: str) -> Iterator[Path]:
        lent.append(lent[-1] + 1)
        yield signed
        lent.append(lent[-1] - 1)

    made = JudgePool(size=1, lend=lend)
    await made.start()
    await made.prepare([submitted(event_id=f"e{n}", document_key=f"{n:032x}") for n in range(6)], {}, REFERENCE)
    await made.close()

    assert (FILES_A_WORKER, 0) == (max(lent), lent[-1])
