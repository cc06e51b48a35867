"""The whole flow on one screen. Processors meet connectors, and each other, on topics only.

[intake] ─► document.submitted ─► VERIFIER ─┬─► document.signed ────► ROUTER ─┬─► document.dispatched ─► [deliver]
                                            ├─► document.held                 ├─► document.refused (one recipient)
                                            └─► document.refused ──(recalls)──┤   document.repeated, document.alerts
[intake] ─► status.submitted ────────────────────────────────────────► ROUTER ┴─► document.acknowledged, status.parked
[deliver] ─► document.received
every document topic ─► WATCHER ─┬─► document.alerts ─► [notify]
                                 └─► document.obligations                         [connector]  PROCESSOR  topic
a record that nobody can take ─► dead-letter
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvloop

from infra import logs, metrics, packets
from infra.clock import open_clock
from infra.content import ContentError, ContentStore, open_content
from infra.garbage import look_seldom
from infra.kafka import clients, provision
from infra.reference import Follower
from infra.settings import Settings
from processors.app import Flow, Preparation, Shell, Worker
from schemas.step import Core
from schemas.topics import BY_NAME

log = structlog.get_logger(__name__)

# Each process imports its own core only, and only when it starts.


def _verification() -> Core:
    from processors.verification.core import VerificationCore  # noqa: PLC0415 - see above

    return VerificationCore()


def _routing() -> Core:
    from processors.routing.core import RoutingCore  # noqa: PLC0415 - see above

    return RoutingCore()


def _sla() -> Core:
    from processors.sla.core import SlaCore  # noqa: PLC0415 - see above

    return SlaCore()


async def _judges(settings: Settings) -> Preparation:
    """Signatures are judged in a pool of processes of our own, many documents at once."""
    from processors.verification.judging.pool import JudgePool, Limits  # noqa: PLC0415 - see above
    from processors.verification.verdict import Judgement  # noqa: PLC0415 - see above
    from schemas.reference.policy_dangers import Danger  # noqa: PLC0415 - see above

    def observe(judgement: Judgement, seconds: float) -> None:
        metrics.VERIFICATION.labels(indication=judgement.indication).observe(seconds)
        for step, spent in judgement.seconds.items():
            metrics.VERIFICATION_STEPS.labels(step=step).observe(spent)
        if "LANES_DISAGREE" in judgement.reasons:
            metrics.DISAGREEMENTS.inc()

    def warn(danger: Danger) -> None:
        log.warning("dangerous_policy", rule=danger.rule, option=danger.option)

    store = open_content(settings)
    pool = JudgePool(
        size=settings.pool_workers or os.cpu_count() or 1,
        lend=lambda sha256: _lent(store, sha256),
        keep=lambda evidence: store.put([evidence], "application/json"),
        observe=observe,
        lost=lambda why: metrics.POOL_KILLS.labels(reason=why).inc(),
        warn=warn,
        limits=Limits(wall_seconds=settings.judge_seconds),
        packet_limits=packets.limits(settings),
    )
    await pool.start()
    return Preparation(prepare=pool.prepare, close=pool.close, done=lambda: pool.judged)


@contextmanager
def _lent(store: ContentStore, sha256: str) -> Iterator[Path]:
    """Lend a content; one that is missing or wrong is no file to judge, a store that is away is."""
    try:
        with store.lend(sha256) as path:
            yield path
    except ContentError as exc:
        raise FileNotFoundError(exc.code) from exc


FLOWS = {
    flow.name: flow
    for flow in (
        Flow(
            name="verifier",
            reads=("document.submitted", "operator.acted"),
            core=_verification,
            needs=("directory", "trust", "signature_policy"),
            prepare=_judges,
            batch=50,  # a batch keeps its partition busy until its slowest document is judged
        ),
        Flow(
            name="router",
            reads=("document.signed", "document.refused", "document.related", "status.submitted", "operator.acted"),
            core=_routing,
            needs=("directory", "routes", "identities"),
        ),
        Flow(
            name="watcher",
            reads=(
                "document.submitted",
                "document.signed",
                "document.held",
                "document.refused",
                "document.dispatched",
                "document.superseded",
                "document.received",
                "document.acknowledged",
                "status.parked",
            ),
            core=_sla,
            needs=("directory", "contacts", "calendar", "sla"),
        ),
    )
}


def run(name: str, *, replica: str = "0") -> None:
    """Run one worker of a flow until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    flow, settings = FLOWS[name], Settings.load()
    process, clock = settings.process or f"{name}-{replica}", open_clock(settings)
    logs.configure(process, clock, out=logs.own_file(settings))
    settings = settings.model_copy(update={"kafka_bootstrap": clients.bootstrap(settings), "process": process})
    provision.require(settings, [BY_NAME[topic] for topic in (*flow.reads, "dead-letter", "reference")])
    references = Follower(settings, open_content(settings), process=name)
    references.start(needs=flow.needs)
    metrics.serve_announced(settings, process)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    preparation = loop.run_until_complete(flow.prepare(settings)) if flow.prepare else Preparation()
    shell = Shell(flow, settings, replica=replica, clock=clock, references=references, preparation=preparation)
    look_seldom()
    Worker(shell, preparation.close, loop).execute_from_commandline()
