"""Each way in which an alert can be missing, false or endless, planted into a clean life: for `test_audit`."""

from dataclasses import replace

from schemas.events import ObligationChanged
from schemas.ids import event_id
from tests.connectors import life as of
from tests.core.audit_life import Life
from tests.core.audit_violations import VIOLATIONS, change, gone, violation

__all__ = ["VIOLATIONS"]
"""These, and all others."""


def duty(life: Life, name: str) -> ObligationChanged:
    """Return how an obligation stands in a life."""
    found = life[name]
    assert isinstance(found, ObligationChanged)
    return found


@violation("lost", "no alert says so")
def a_due_alert_that_is_missing(life: Life) -> None:
    """Announce a step, take the next one, and say nothing at its moment."""
    gone(life, "firing", "resolved")


@violation("lost", "no alert says so")
def a_step_before_the_end_that_is_missing(life: Life) -> None:
    """Do a duty after its next step was due, and tell nobody about that step."""
    change(life, "still owed", next_step_at=of.at(19))


@violation("lost", "no alert says so")
def a_repeat_that_is_missing(life: Life) -> None:
    """Announce the last step again for later, as after a repeat, and do not repeat it."""
    again = replace(
        duty(life, "still owed"), event_id=event_id("owed again"), next_step_at=of.at(90), recorded_at=of.at(19)
    )
    done = life.pop("done")
    change(life, "still owed", next_step_at=of.at(18.5))
    life |= {"owed again": again, "done": done}


@violation("lost", "was due at")
def a_step_that_nobody_takes(life: Life) -> None:
    """Leave a duty open after its next step was due, while the log goes on."""
    gone(life, "done", "resolved")
    change(life, "still owed", next_step_at=of.at(19))


@violation("lost", "never ended")
def an_alert_that_never_ends(life: Life) -> None:
    """Do what an alert is about, and do not end it."""
    gone(life, "resolved")


@violation("lost", "nobody was told")
def a_late_duty_that_nobody_hears_of(life: Life) -> None:
    """Learn of a document's duty when it is done already, and too late."""
    name = f"{of.KEY}:{of.SHA256}:dispatch"
    life["late"] = replace(
        of.owed("dispatch", 20, closed_by="submitted", due=10),
        obligation_id=name,
        subject=of.KEY,
        event_id=event_id("late"),
    )


@violation("unexplained", "nobody owes that")
def an_alert_of_no_duty(life: Life) -> None:
    """Raise and end an alert of a clock that nobody owes."""
    for name in ("firing", "resolved"):
        life[f"strange {name}"] = replace(
            life[name], event_id=event_id("strange", name), alert_id=event_id("strange"), clock="intake"
        )  # type: ignore[call-arg] # it is an alert


@violation("unexplained", "was done already")
def an_alert_of_a_duty_that_is_done(life: Life) -> None:
    """Raise a step that lies after the end, when the end was known."""
    again = life["firing"]
    later = {"occurred_at": of.at(25), "recorded_at": of.at(25), "level": 1}
    life["too late"] = replace(again, event_id=event_id("too late"), **later)  # type: ignore[arg-type] # it is an alert


@violation("unexplained", "never raised")
def an_end_without_a_beginning(life: Life) -> None:
    """End an alert that nobody raised."""
    life["strange end"] = replace(
        life["resolved"], event_id=event_id("strange end"), alert_id=event_id("strange"), clock=""
    )  # type: ignore[call-arg] # it is an alert
