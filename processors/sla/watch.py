"""A case as it stands -> what must be said now and when to look again. Called after every fact and every timer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from processors.sla.alerts import CONTESTED, INCOMING, Voice
from processors.sla.cases import Case
from processors.sla.facts import contested_back, derived
from processors.sla.ladder import Climb
from processors.sla.obligations import Obligation
from processors.sla.standing import changed, digest_of
from schemas.events import Event
from schemas.lifecycle import ACCEPTED, AGREED, DECLINED, REFUSED


def climb(case: Case, duties: Sequence[Obligation], voice: Voice, until: datetime) -> tuple[Case, list[Event]]:
    """Take every step whose moment has come; only a timer does this, when the log is read up to that moment."""
    said: list[Event] = []
    for duty in duties:
        height = case.climb(duty.clock.id)
        while (rung := duty.next_step(height, voice.rulebook)) is not None and rung.at <= until:
            height = height.taken(rung)
            if rung.to:
                said.append(voice.raised(duty, rung, height))
            said += [voice.gap(each, rung.at) for each in rung.gaps]
        case = case.climbed(duty.clock.id, height) if height.step >= 0 else case
    return case, said


def stand(case: Case, duties: Sequence[Obligation], voice: Voice) -> tuple[Case, list[Event], datetime | None]:
    """Return the case, what changed in its duties, and the next moment at which a step must be taken.

    An alert ends as soon as its duty is done and every step that was due before is taken: a receipt that is read
    before the timer of an earlier moment has run does not swallow a real breach.
    """
    case, said = _incoming(case, voice)
    case, contest = _contested(case, voice)
    said += contest
    moments: list[datetime] = []
    for duty in duties:
        clock, height = duty.clock.id, case.climb(duty.clock.id)
        coming = duty.next_step(height, voice.rulebook)
        if coming is not None:
            moments.append(coming.at)
        elif duty.closed_at is not None and not height.resolved and (height.told or duty.judged_at_once):
            if height.told:
                said.append(voice.resolved(duty, height))
            elif duty.due.breach is not None and duty.closed_at > duty.due.breach:
                said += voice.late(duty)
            case = case.climbed(clock, replace(height, resolved=True))
        standing = digest_of(duty, coming)
        if case.said.get(clock) != standing:
            said.append(changed(voice.about, duty, coming, voice.rulebook, standing=standing, cause=voice.cause))
            case = replace(case, said={**case.said, clock: standing})
    return case, said, min(moments, default=None)


def _contested(case: Case, voice: Voice) -> tuple[Case, list[Event]]:
    """Tell once that a delivery was both refused (02) and accepted (03 or later), or given back and not, whichever came first."""
    facts = case.facts
    accepted = [facts[code] for code in ACCEPTED if code in facts]
    moments = [max(facts[REFUSED], min(accepted))] if REFUSED in facts and accepted else []
    if contested_back(case):
        moments.append(max(facts[AGREED], facts[DECLINED]))
    if not moments or case.climb(CONTESTED).step >= 0:
        return case, []
    at = min(moments)
    return case.climbed(CONTESTED, Climb(step=0, number=1, at=at)), [voice.contested(at)]


def _incoming(case: Case, voice: Voice) -> tuple[Case, list[Event]]:
    """Warn of an incoming document once, and end the warning when it is there."""
    facts, sla = derived(case), voice.rulebook.sla
    warning, height = sla.warnings.get(INCOMING), case.climb(INCOMING)
    said: list[Event] = []
    if warning is None or warning.on not in facts or not voice.about.recipient or height.resolved:
        return case, said
    if height.step < 0:
        said += voice.incoming(facts[warning.on])
        height = Climb(step=0, number=1, at=facts[warning.on])
    transport = sla.clocks.get("transport")
    stops = transport.stops if transport else ("received",)
    if ends := [(facts[name], name) for name in (*stops, "ended") if name in facts]:
        said.append(voice.arrived(min(ends)[1]))
        height = replace(height, resolved=True)
    return case.climbed(INCOMING, height), said
