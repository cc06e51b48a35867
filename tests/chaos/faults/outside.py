"""What the axis leans on: the mail server, the machine's clock."""

from datetime import timedelta

from infra.clock import open_clock, set_clock
from tests.chaos.fault import fault
from tests.chaos.stage import Stage


@fault("smtp-away", short=False)
def smtp_away(stage: Stage) -> None:
    """The mail server is away for 20 s."""
    stage.stop("mailbox")
    stage.wait(20.0)
    stage.supervisor.start(stage.mailbox)
    stage.wait(2.0)


@fault("clock-steps")
def clock_steps(stage: Stage) -> None:
    """The clock is set forward by an hour, and back by an hour."""
    for step in (timedelta(hours=1), timedelta(hours=-1)):
        at = open_clock(stage.settings).now() + step
        set_clock(stage.settings.clock_file, "rate", at=at, rate=stage.setting.time)
        stage.wait(5.0)
