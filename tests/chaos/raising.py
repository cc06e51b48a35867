"""Brings a stage up and takes it down: folder, broker, clock, topics, reference data, processes, feeder.

One thread starts everything and stays: what it started ends with it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from infra import logs
from infra.clock import set_clock
from infra.demo.publishing import publish_province
from infra.kafka import provision
from infra.kafka.ends import BrokerEnds
from infra.kafka.node import KafkaCluster
from infra.kafka.places import free_ports, remember
from infra.processes import PLAY, PROCESSORS, Workers, axis, mail_sink, told
from infra.settings import Settings
from infra.state import all_positions
from infra.supervise.child import Spec
from infra.supervise.supervisor import Supervisor
from tests.bench.crew import command
from tests.chaos.feeder import make_folders
from tests.chaos.journal import JournalReader
from tests.chaos.sight import Sight
from tests.chaos.stage import BEGINS, Setting, Stage
from tests.chaos.surroundings import Surroundings


def feeder_spec(setting: Setting) -> Spec:
    """Return the feeder, as the supervisor starts it."""
    module = "tests.chaos.stream" if setting.around.engine_only else "tests.chaos.feeder"
    argv = (sys.executable, "-m", module, str(setting.rate), str(setting.seed))
    return Spec(name="feeder", argv=argv, rank=PLAY)


def company(settings: Settings, around: Surroundings, workers: Workers) -> list[Spec]:
    """Return the axis' own processes, or the processors alone with the benchmarks' judge."""
    every = list(axis(settings, workers))
    if not around.engine_only:
        return every
    return [
        replace(spec, argv=command(processor, replica)) if processor == "verifier" else spec
        for spec in every
        for processor, _, replica in [spec.name.partition("-")]
        if processor in PROCESSORS.values()
    ]


def worker(stage: Stage, processor: str, replica: int) -> Spec:
    """Return one more worker of a processor."""
    short = next(short for short, name in PROCESSORS.items() if name == processor)
    every = company(stage.settings, stage.setting.around, Workers(**{short: replica + 1}))
    return next(spec for spec in every if spec.name == f"{processor}-{replica}")


def _outside(around: Surroundings) -> dict[str, Any]:
    """Return what our own look at state and contents needs of the processes' settings."""
    named = {
        "LIENTHONG_STATE": "state",
        "LIENTHONG_REGISTER_DATABASE": "register_database",
        "LIENTHONG_CONTENT": "content",
        "AWS_ENDPOINT_URL_S3": "s3_endpoint",
        "AWS_ACCESS_KEY_ID": "s3_key",
    }
    secret = around.environment.get("AWS_SECRET_ACCESS_KEY")
    plain = {field: around.environment[name] for name, field in named.items() if name in around.environment}
    return {**plain, **({"s3_secret": SecretStr(secret)} if secret else {})}


def _start_broker(cluster: KafkaCluster, around: Surroundings) -> None:
    """Start it; a proxy must know the node's port before anybody asks through it."""
    if around.proxy is not None:
        around.proxy.stand_before(remember(cluster.folder, around.nodes).every[0].client_port)
    cluster.start()


@contextmanager
def raised(settings: Settings, setting: Setting) -> Iterator[Stage]:
    """Bring a whole axis up and feed it; whatever happens, nothing of it stays."""
    around = setting.around
    settings = settings.model_copy(update={"var": settings.var.absolute(), "replication": around.nodes})
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    with (settings.var / "stage.log").open("a") as out:
        logs.configure("stage", out=out)
        cluster = KafkaCluster.of(settings, nodes=around.nodes)
        if around.proxy is not None:
            cluster.advertised_port = around.proxy.port
        environment = told(settings, smtp_port=(port := free_ports(1)[0])) | dict(around.environment)
        environment |= {"PYTHONPATH": str(Path(__file__).parents[2])}
        supervisor = Supervisor(
            run_folder=settings.run_folder, log_folder=settings.var / "log", environment=environment
        )
        sight: Sight | None = None
        try:
            _start_broker(cluster, around)
            settings = settings.model_copy(update={"kafka_bootstrap": cluster.bootstrap})
            set_clock(settings.clock_file, "stepped", at=BEGINS)
            provision.apply(settings)
            settings = settings.model_copy(update=_outside(around))
            publish_province(settings, BEGINS)
            make_folders(settings)
            sight = Sight(settings)
            specs = company(settings, around, Workers())
            playing = {spec.name.partition("-")[0] for spec in specs}
            stage = Stage(
                settings=settings,
                setting=setting,
                cluster=cluster,
                supervisor=supervisor,
                specs={},
                journal=JournalReader(settings.var / "journal.jsonl"),
                sight=sight,
                feeder=feeder_spec(setting),
                mailbox=mail_sink(settings, port),
                ends=BrokerEnds(settings),
                positions={name: each for name, each in all_positions(settings).items() if name in playing},
            )
            supervisor.on_restart = lambda name, why, _said: stage.restarts.append((name, why))
            supervisor.start(stage.mailbox)
            for spec in specs:
                stage.start(spec)
            stage.wait_until_back(*stage.all_names())
            set_clock(settings.clock_file, "rate", at=BEGINS, rate=1.0 if around.engine_only else stage.setting.time)
            supervisor.start(stage.feeder)
            yield stage
        finally:
            if sight is not None:
                sight.close()
            supervisor.stop_all()
            cluster.stop()
