"""`lienthong redrive` of what the verifier refused, on the real broker: the trust list is mended, the packet passes and is sent once (ADR 0036)."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra import packets
from infra.content import open_content
from infra.demo import province
from infra.demo.compose import Composer
from infra.demo.frame import Draft
from infra.kafka.deciding import Deciding
from infra.kafka.epochs import Epochs, FixedReferences
from infra.kafka.settle import attempt
from infra.settings import Settings
from processors.routing.core import RoutingCore
from processors.verification.core import VerificationCore
from processors.verification.judging.pool import JudgePool
from schemas.edxml import DocumentPacket, read_packet
from schemas.events import (
    ContentRef,
    DocumentDispatched,
    DocumentRefused,
    DocumentSigned,
    DocumentSubmitted,
    OperatorActed,
)
from schemas.ids import document_key, event_id
from schemas.reference import KINDS, Reference
from tests import axis
from tests.core.routing_cases import COMMUNE, HEALTH, PROVINCE
from tests.kafka.stages import caught_up, desk_of, running
from tests.kafka.test_redrive import axis_command
from tests.shell.test_preflight_desk import reference as with_a_pki_of_its_own

VERIFIER = ("document.submitted", "operator.acted")
ROUTER = ("document.signed", "document.refused", "document.related", "status.submitted", "operator.acted")
WHERE = ("redrive", "--where", f"reason=NO_CERTIFICATE_CHAIN_FOUND and sender={PROVINCE}", "--json")
WHO = ("--by", "Nguyễn Văn A", "--why", "đã thêm chứng thư gốc")


def handed_over(settings: Settings) -> DocumentSubmitted:
    """Put a well signed packet into the content store, and say that it was handed over."""
    file = settings.var / "packet.edxml"
    draft = Draft(sender=PROVINCE, recipients=(HEALTH, COMMUNE), number=1, at=axis.MORNING)
    Composer(province.open_pki(settings, axis.MORNING)).write(draft, file)
    ref = open_content(settings).put([file.read_bytes()], "application/octet-stream")
    packet = read_packet(file, limits=packets.limits(settings), now=axis.MORNING, secrecy=None)
    assert isinstance(packet, DocumentPacket)
    key = document_key(PROVINCE, packet.envelope.document_id)
    return DocumentSubmitted(
        event_id=event_id("submitted", key), occurred_at=axis.MORNING, correlation_id=key, document_key=key,
        content=ContentRef(sha256=ref.sha256, size=ref.size, media_type=ref.media_type), envelope=packet.envelope,
        sender=PROVINCE, submitted_by="folder:h53", channel="folder",
    )  # fmt: skip


def stage(settings: Settings, name: str, folder: Path, reference: Reference, pool: JudgePool) -> Deciding:
    """Return the verifier's or the router's work by these reference data."""
    desk, epochs = desk_of(settings, name, folder), Epochs(FixedReferences(reference))
    if name == "router":
        return Deciding(desk=desk, core=RoutingCore(), epochs=epochs, attempt=attempt)
    return Deciding(desk=desk, core=VerificationCore(), epochs=epochs, attempt=attempt, prepare=pool.prepare)


async def test_what_was_refused_for_a_missing_anchor_is_sent_after_all(settings: Settings, tmp_path: Path) -> None:
    """Refused, mended, looked at, done; the act and the submission are read again and nothing is sent twice; the audit agrees."""
    await asyncio.to_thread(axis.open_axis, settings, kinds=KINDS)
    before = await asyncio.to_thread(with_a_pki_of_its_own, settings.model_copy(update={"var": tmp_path / "other"}))
    after = await asyncio.to_thread(axis.publish, settings, KINDS)
    store, came = open_content(settings), await asyncio.to_thread(handed_over, settings)
    await asyncio.to_thread(axis.write, settings, [came])

    @contextmanager
    def lend(sha256: str) -> Iterator[Path]:
        with store.lend(sha256) as path:
            yield path

    pool = JudgePool(size=1, lend=lend, keep=lambda evidence: store.put([evidence], "application/json"))
    await pool.start()
    try:
        async with running(settings, stage(settings, "verifier", tmp_path, before, pool), *VERIFIER) as verifier:
            await caught_up(settings, verifier)
        async with (
            running(settings, stage(settings, "verifier", tmp_path, after, pool), *VERIFIER) as verifier,
            running(settings, stage(settings, "router", tmp_path, after, pool), *ROUTER) as router,
        ):
            _, [looked] = await asyncio.to_thread(axis_command, settings, *WHERE, "--dry-run")
            code, [done] = await asyncio.to_thread(axis_command, settings, *WHERE, *WHO)
            code_again, [again] = await asyncio.to_thread(axis_command, settings, *WHERE, *WHO)
            acts = axis.events(settings, "operator.acted")
            await asyncio.to_thread(axis.write, settings, [*acts, came])
            await caught_up(settings, verifier, router)
            await caught_up(settings, verifier, router)
    finally:
        await pool.close()

    assert ("signed", [HEALTH, COMMUNE]) == (looked["becomes"], [each["organ_id"] for each in looked["would_send"]])
    assert ["NO_CERTIFICATE_CHAIN_FOUND"] == [each["code"] for each in looked["before"]]
    assert (0, 0) == (code, code_again)
    assert {HEALTH, COMMUNE} == {each["organ_id"] for each in done["sent"]}
    assert ([], []) == (again["would_send"], again["sent"])
    assert ["rejudge"] == [each.action for each in acts if isinstance(each, OperatorActed)]
    [refusal] = [each for each in axis.events(settings, "document.refused") if isinstance(each, DocumentRefused)]
    signed = [each for each in axis.events(settings, "document.signed") if isinstance(each, DocumentSigned)]
    assert {(refusal.event_id, came.occurred_at, came.submitted_by)} == {
        (each.confirms, each.submitted_at, each.submitted_by) for each in signed
    }
    sent = [each for each in axis.events(settings, "document.dispatched") if isinstance(each, DocumentDispatched)]
    assert [COMMUNE, HEALTH] == sorted((each.recipient for each in sent), reverse=True)
    _, [audited] = await asyncio.to_thread(axis_command, settings, "audit", "--json")
    assert ([], [], []) == (audited["duplicate_effects"], audited["lost"], audited["unexplained"])
