"""From an alert to the letters and digests of everybody it tells, and the moment at which each may be disturbed.

A notification is never sent about a delivery that was received meanwhile: when an alert is over, its warnings leave the
digests, its letters that still wait are not sent (`core`), and only those who were told hear that it is over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from connectors.notify import digests, held, letters, preferences, standing, texts
from connectors.notify.letters import Letter
from connectors.notify.quiet import may_be_told
from schemas.events import AlertState, DocumentAlert, Told
from schemas.reference import Reference
from schemas.step import Change, Put, Wake


def rows_of(alert: DocumentAlert) -> Iterator[str]:
    """Name the rows that decide what is written because of an alert."""
    yield standing.row_of(alert.alert_id)
    if alert.kind == digests.INCOMING:
        yield digests.row_of(alert)
    if alert.state is AlertState.RESOLVED:
        yield from dict.fromkeys(map(held.row_of, alert.to))


def written(alert: DocumentAlert, known: Mapping[str, bytes], reference: Reference, now: datetime) -> Iterator[Change]:
    """Yield the rows of everybody who is to be told."""
    row = standing.row_of(alert.alert_id)
    stands = standing.load(known.get(row))
    if alert.state is AlertState.RESOLVED:
        yield Put(row, standing.dump(standing.Standing(over=True)))
        yield from _struck(alert, known)
        told = [each for each in stands.told if alert.to]  # an end that names nobody is told to nobody
        waiting = {row for row in map(held.row_of, told) if row in known and _waits(alert, known[row])}
        for each in sorted(waiting):
            yield from held.kept(each, held.load(known[each]).without(alert.alert_id))
        heard = [(number, each) for number, each in enumerate(told) if held.row_of(each) not in waiting]
        yield from _letters(alert, heard, reference, now)
    elif not stands.over or texts.is_over(alert, reference):  # else its end was heard before it
        yield from _letters(alert, _alone(alert, reference, now), reference, now)
        yield from _gathered(alert, known, reference, now)


def to_tell(alert: DocumentAlert, reference: Reference, now: datetime) -> Iterator[tuple[int, Told]]:
    """Yield the people who have a mailbox and want to know, with their numbers; a mailbox named twice gets one mail."""
    seen: set[str] = set()
    for number, person in enumerate(alert.to):
        if person.mailbox and person.mailbox not in seen and not preferences.left_out(person, alert, reference, now):
            seen.add(person.mailbox)
            yield number, person


def _alone(alert: DocumentAlert, reference: Reference, now: datetime) -> list[tuple[int, Told]]:
    """Return those who are told of this alert by a letter of its own."""
    gathers = digests.interval(alert, reference) is not None
    everybody = to_tell(alert, reference, now)
    return [
        (number, each) for number, each in everybody if not gathers or not preferences.of(each, reference, now).digest
    ]


def _gathered(
    alert: DocumentAlert, known: Mapping[str, bytes], reference: Reference, now: datetime
) -> Iterator[Change]:
    span = digests.interval(alert, reference)
    if span is None:
        return
    row = digests.row_of(alert)
    found = digests.load(known.get(row))
    for _number, each in to_tell(alert, reference, now):
        if preferences.of(each, reference, now).digest:
            due_at = may_be_told(alert.urgency, each, reference, digests.next_multiple(now, span))
            found = digests.joined(found, alert, each, due_at)
    if found:
        yield from digests.kept(row, found)


def _struck(alert: DocumentAlert, known: Mapping[str, bytes]) -> Iterator[Change]:
    if alert.kind == digests.INCOMING and (value := known.get(digests.row_of(alert))) is not None:
        yield from digests.kept(digests.row_of(alert), digests.without(digests.load(value), alert.alert_id))


def _waits(alert: DocumentAlert, value: bytes) -> bool:
    return any(each.alert.alert_id == alert.alert_id for each in held.load(value).waiting)


def _letters(
    alert: DocumentAlert, people: list[tuple[int, Told]], reference: Reference, now: datetime
) -> Iterator[Change]:
    for number, person in people:
        if preferences.left_out(person, alert, reference, now):
            continue
        letter = Letter(
            name=letters.name_of(alert.event_id, number),
            alert=replace(alert, to=()),  # the others' names are no part of it
            person=person,
            box=letters.box_of(person),
            channel=preferences.of(person, reference, now).channel,
        )
        yield Put(letter.row, letters.dump(letter))
        yield Wake(letter.row, may_be_told(alert.urgency, person, reference, now))
