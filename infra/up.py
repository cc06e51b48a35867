"""Starts the axis in the foreground and keeps it running: broker, topics, reference data, processes; stops all in order."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from infra import logs, metrics
from infra.accounts import Role, accounts_of
from infra.clock import open_clock
from infra.demo import week as weeks
from infra.demo.clients import folder_of, provide_clients
from infra.demo.province import axis_key_of
from infra.demo.publishing import missing_kinds, publish_province
from infra.demo.result import file_of
from infra.demo.week import Pace, Week
from infra.kafka import provision
from infra.kafka.node import KafkaCluster
from infra.kafka.places import free_ports
from infra.logfile import Bounds, LogFile
from infra.processes import Workers, axis, mail_sink, play, told
from infra.settings import Settings
from infra.supervise.broker import BrokerWatch
from infra.supervise.interrupt import Interrupt
from infra.supervise.seat import seat
from infra.supervise.supervisor import Supervisor

Say = Callable[[str], None]
FOR_PEOPLE = 60.0
"""Times as fast as life: a week takes two hours and three quarters."""

DEMO, DEMO_PASSWORD_BYTES = "demo", 9
"""The demo's account in the console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `up` was asked."""

    demo: bool = False
    until_settled: bool = False
    pace: Pace | None = None
    """None: for people 60 times as fast with the demo, real without it."""

    nodes: int = 1
    workers: Workers = field(default_factory=Workers)
    packets: int = 200

    @property
    def clock(self) -> Pace:
        """How time goes."""
        if self.until_settled:
            return "stepped"
        return self.pace or (FOR_PEOPLE if self.demo else "real")


@dataclass(slots=True, kw_only=True)
class Axis:
    """All that runs on this machine."""

    settings: Settings
    supervisor: Supervisor
    week: Week | None
    smtp_port: int | None = None
    console_port: int = 0
    cluster: KafkaCluster | None = None
    broker: BrokerWatch | None = None

    @property
    def console(self) -> str:
        """Address of the console."""
        return f"http://127.0.0.1:{self.console_port}/"

    def tick(self) -> None:
        """Look at everything once; called a few times a second."""
        if self.broker is not None:
            self.broker.tick()
        self.supervisor.tick()

    @property
    def play_ended(self) -> int | None:
        """Exit code of the scripted week; None while it goes on."""
        return self.supervisor.exit_code("play")

    def pids(self) -> dict[str, int]:
        """Return name -> pid of all that runs, the broker's nodes included."""
        nodes = self.cluster.pids() if self.cluster else {}
        return {f"kafka-{number}": pid for number, pid in nodes.items()} | self.supervisor.pids()

    def restarts(self) -> dict[str, int]:
        """Return how often each ended unasked since it last ran steadily."""
        nodes = self.broker.crashes if self.broker else {}
        return {f"kafka-{number}": count for number, count in nodes.items()} | self.supervisor.restarts()


@contextmanager
def running(settings: Settings, options: Options, say: Say, interrupt: Interrupt) -> Iterator[Axis]:
    """Bring everything up, and stop it in order at the end, however that comes; raise `EnvironmentFaultError`."""
    settings = settings.model_copy(update={"var": settings.var.absolute()})
    if options.nodes > 1:
        settings = settings.model_copy(update={"replication": options.nodes})
    if options.demo and not options.until_settled and settings.api_clients is None:
        settings = settings.model_copy(update={"api_clients": provide_clients(settings)})
    if settings.api_clients and not settings.api_port:
        settings = settings.model_copy(update={"api_port": free_ports(1)[0]})
    with seat(settings.run_folder), closing(LogFile(settings.var / "log" / "up.log", Bounds.of(settings))) as out:
        logs.configure("up", open_clock(settings), out=out)
        file_of(settings).unlink(
            missing_ok=True
        )  # an earlier week's; only now is it certain that nobody else runs here
        metrics.forget_announced(settings)
        made = _laid_out(settings, options)
        try:
            _bring_up(made, options, say, interrupt)
            yield made
        finally:
            _stop(made, say)


def _laid_out(settings: Settings, options: Options) -> Axis:
    """Decide everything that one start decides, and start nothing yet."""
    smtp_port = free_ports(1)[0] if options.demo else None
    axis_key = axis_key_of(settings) if options.demo else None
    console_port = settings.console_port or free_ports(1)[0]
    stepped = options.clock == "stepped"
    environment = told(settings, stepped=stepped, smtp_port=smtp_port, axis_key=axis_key, console_port=console_port)
    log_folder = settings.var / "log"
    supervisor = Supervisor(
        run_folder=settings.run_folder, log_folder=log_folder, environment=environment, bounds=Bounds.of(settings)
    )
    week = weeks.next_week(settings, options.clock) if options.demo else None
    cluster = None if settings.kafka_bootstrap else KafkaCluster.of(settings, nodes=options.nodes)
    return Axis(
        settings=settings,
        supervisor=supervisor,
        week=week,
        smtp_port=smtp_port,
        console_port=console_port,
        cluster=cluster,
    )


def _bring_up(made: Axis, options: Options, say: Say, interrupt: Interrupt) -> None:
    for name in made.supervisor.end_leftovers():
        say(f"ended {name}, left by an earlier start")
    metrics.serve_announced(made.settings, "up")
    _set_time(made, say)
    with interrupt.raising():  # Kafka cleans up behind itself; nothing else runs yet
        _start_broker(made, say)
        _provide_topics(made.settings)
        _provide_reference(made, say)
    made.supervisor.on_restart = lambda name, why, said: say(f"{name} ended ({why}), starts again. {said}".strip())
    made.supervisor.on_loop = say
    if made.smtp_port is not None:
        made.supervisor.start(mail_sink(made.settings, made.smtp_port))
    _open_console(made, options, say)
    for spec in axis(made.settings, options.workers):
        made.supervisor.start(spec)
    if made.settings.api_clients:
        say(f"the HTTP API answers at {made.settings.api_host}:{made.settings.api_port}; /openapi.json describes it")
        if made.settings.api_clients.parent == folder_of(made.settings):
            say(f"the tokens of the demo's clients lie in {folder_of(made.settings)}")
    if made.week is not None:
        weeks.let_go(made.settings, made.week)
        made.supervisor.start(play(made.week.monday, options.packets, until_settled=options.until_settled))
    say(f"{len(made.pids())} processes run; what each says is in {made.settings.var / 'log'}")


def _open_console(made: Axis, options: Options, say: Say) -> None:
    """Say where the console will be; the demo has an account of its own, with a new password at every start."""
    accounts = accounts_of(made.settings)
    if options.demo and not options.until_settled:
        password = secrets.token_urlsafe(DEMO_PASSWORD_BYTES)
        accounts.put(DEMO, Role.OPERATOR, password)
        say(f"console: {made.console}  (account {DEMO}, password {password})")
    elif accounts.any():
        say(f"console: {made.console}")
    else:
        say("no console: nobody has an account yet (`lienthong console user NAME --role operator`)")


def _set_time(made: Axis, say: Say) -> None:
    if made.week is None:
        weeks.keep_real(made.settings)
        return
    weeks.hold(made.settings, made.week)
    if made.week.pace != "real":
        how = "jumps from one due moment to the next" if made.week.pace == "stepped" else f"runs {made.week.pace:g}x"
        say(f"time is simulated: it begins on {made.week.starts_at:%A %d/%m/%Y %H:%M} and {how}")


def _start_broker(made: Axis, say: Say) -> None:
    if made.cluster is None:
        say(f"using the Kafka cluster at {made.settings.kafka_bootstrap}")
        return
    say("starting Kafka ...")
    started = time.monotonic()
    made.cluster.start()
    made.broker = BrokerWatch(made.cluster, lambda name, why, _said: say(f"{name} {why}, starts again"))
    made.broker.on_loop = say
    say(f"Kafka answers at {made.cluster.bootstrap} after {time.monotonic() - started:.1f} s")


def _provide_topics(settings: Settings) -> None:
    """Make the topics as topics.yaml declares them; raise `ProvisionError` where only a person can."""
    if any(not each.ok for each in provision.apply(settings)):
        provision.require(settings)


def _provide_reference(made: Axis, say: Say) -> None:
    if made.week is not None:
        if published := publish_province(made.settings, made.week.starts_at):
            say(f"published the province's reference data: {', '.join(published)}")
    elif missing := missing_kinds(made.settings):
        say(f"reference data missing: {', '.join(missing)}; publish it with `lienthong reference publish KIND PATH`")
        say("what needs it starts as soon as it is there")


def _stop(made: Axis, say: Say) -> None:
    """Stop all in order: who plays, who works, the broker; at most 15 s."""
    say("stopping ...")
    started = time.monotonic()
    made.supervisor.stop_all()
    if made.cluster is not None:
        made.cluster.stop()
    weeks.freeze(made.settings)
    say(f"stopped after {time.monotonic() - started:.1f} s")
