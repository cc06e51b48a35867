"""Writing what operators do onto `operator.acted`, and waiting until it lies there."""

from collections.abc import Sequence
from datetime import datetime

from infra.clock import open_clock
from infra.errors import EnvironmentFaultError
from infra.kafka import clients, provision
from infra.kafka.outbox import NotConfirmedError, Outbox
from infra.kafka.sealing import seal
from infra.settings import Settings
from schemas.events import OperatorActed
from schemas.topics import BY_NAME, topic_of

APP = "cli"


class ActNotConfirmedError(EnvironmentFaultError):
    """Nobody knows whether the act lies on the log."""


class Acts:
    """Writes acts; `also`: topics that must be there besides. Raise `EnvironmentFaultError` where a topic is missing."""

    def __init__(self, settings: Settings, *, also: Sequence[str] = ()) -> None:
        provision.require(settings, [BY_NAME[topic] for topic in (topic_of(OperatorActed), *also)])
        self._clock = open_clock(settings)
        self._outbox = Outbox(clients.producer(settings), app=APP, prefix=settings.topic_prefix)

    def now(self) -> datetime:
        """Return the axis' time."""
        return self._clock.now()

    def write(self, acts: Sequence[OperatorActed], *, now: datetime, unsure: str) -> None:
        """Write them, all stamped with `now`; raise `ActNotConfirmedError`, which tells people `unsure`."""
        try:
            self._outbox.write([seal(act, app=APP, clock=self._clock, now=now) for act in acts])
        except NotConfirmedError as exc:
            raise ActNotConfirmedError(f"the act was not confirmed: {exc}", unsure) from exc
