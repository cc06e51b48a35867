"""One act: a stage is raised, faults are played on it one after the other, everything settles, and the log is judged."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.clock import open_clock
from infra.content import open_content
from infra.reference import Follower
from infra.settings import Settings
from tests.chaos.fault import Fault
from tests.chaos.raising import raised
from tests.chaos.rows import Row, attribute, measure, play
from tests.chaos.stage import Setting, Stage, StuckError
from tests.demo_week import audit
from tests.recount import alerts_due, alerts_raised

SETTLE_SECONDS = 300.0
AUDIT_SECONDS = 600.0
RECOUNTED_UP_TO = 20_000
"""Documents up to which the alerts are counted again in memory; above, the audit's own proof stands alone."""

SETS_THE_CLOCK = ("clock-steps",)

Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Act:
    """What came of one stage."""

    name: str
    rows: list[Row] = field(default_factory=list)
    documents: int = 0
    failure: str = ""
    left_out: str = ""
    """Why this machine could not play it; it then says nothing, good or bad."""

    audit: dict[str, Any] = field(default_factory=dict)
    alerts: dict[str, int] = field(default_factory=dict)
    unattributed: list[str] = field(default_factory=list)
    """Findings about no document that was handed over during a fault."""

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong in it."""
        return not self.failure and not self.unattributed and all(row.ok for row in self.rows)


def perform(name: str, settings: Settings, setting: Setting, faults: Sequence[Fault], say: Say) -> Act:
    """Play an act; it never raises for what went wrong on the stage."""
    act = Act(name=name)
    with raised(settings, setting) as stage:
        stage.wait(3.0)
        try:
            for fault in _rounds(stage, faults):
                row = play(stage, fault)
                act.rows.append(row)
                say(_in_words(row))
                stage.wait(1.0)
            stage.settle(seconds=SETTLE_SECONDS)
        except StuckError as exc:
            act.failure = f"{exc}: {stage.busy()}"
            say(act.failure)
        stage.look()
        _judge(act, stage)
    return act


def _rounds(stage: Stage, faults: Sequence[Fault]) -> Iterator[Fault]:
    """Yield the faults once, and again until enough was handed over; raise `StuckError` after a round in which nothing was."""
    handed = 0
    yield from faults
    while handed < len(stage.journal.handed) < stage.setting.documents:
        handed = len(stage.journal.handed)
        yield from faults[1:] or faults  # once calm is enough
    if len(stage.journal.handed) < stage.setting.documents:
        raise StuckError(f"only {handed} documents were handed over")


def _judge(act: Act, stage: Stage) -> None:
    handed = stage.journal.handed
    act.documents = len(handed)
    for row in act.rows:
        measure(row, handed, stage.sight.seen)
    code, answer = audit(stage.settings, release=stage.setting.around.environment, seconds=AUDIT_SECONDS)
    act.audit = dict(answer)
    if code not in (0, 1):
        act.failure = act.failure or f"audit: {act.audit}"
        return
    never = [f"document {key} was handed over and has no outcome" for key in stage.unanswered(float("inf"))]
    act.unattributed += attribute([*act.audit["lost"], *never], act.rows, handed, "lost")
    act.unattributed += attribute(act.audit["duplicate_effects"], act.rows, handed, "duplicate_effects")
    wrong = [*act.audit["unexplained"], *_alerts(act, stage)]
    act.unattributed += attribute(wrong, act.rows, handed, "wrong_states")


def _alerts(act: Act, stage: Stage) -> list[str]:
    """Count the alerts again; name those that are missing and those that were raised twice.

    On a clock that runs, a status that says it was in time may be read before anybody looked at the deadline: such an alert is over
    before it began, or it ends at a lower step of its ladder than where facts and timers are taken strictly by their times.
    """
    if act.documents > RECOUNTED_UP_TO:
        return []
    references = Follower(stage.settings, open_content(stage.settings))
    references.start()
    due = alerts_due(stage.settings, references.current(), open_clock(stage.settings).now())
    references.stop()
    said = alerts_raised(stage.settings)
    over = {alert_id for alert_id, state, _, _ in due if state == "RESOLVED"}
    missing, known = due - set(said), {alert_id for alert_id, *_ in due}
    besides = set(said) - due
    false = [each for each in besides if each[0] not in known or each[1] != "RESOLVED"]
    act.alerts = {
        "due": len(due),
        "raised": len(said),
        "over before they began": len([each for each in missing if each[0] in over]),
        "ended at another step": len(besides) - len(false),
        "raised besides": len(false),
    }
    if any(row.fault in SETS_THE_CLOCK for row in act.rows):
        false = []  # a recount by recorded times cannot know when the clock was set
    nobody = [f"alert {each} was raised and not due" for each in false]
    twice = [f"alert {each} was raised twice" for each in set(said) if said.count(each) > 1]
    return [*twice, *nobody, *(f"alert {each} was due and never raised" for each in missing if each[0] not in over)]


def _in_words(row: Row) -> str:
    back = "did not recover" if row.recovered_after is None else f"recovered after {row.recovered_after:.1f} s"
    return f"{row.fault}: {row.ended - row.began:.0f} s, {back}, {row.restarts} restarts {row.failure}".rstrip()
