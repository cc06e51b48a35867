"""Every recipient code leads to one delivery or one refusal with its own reason, as directory and `routes` say."""

from dataclasses import replace

import pytest

from schemas.events import (
    DocumentAcknowledged,
    DocumentAlert,
    DocumentDispatched,
    DocumentRefused,
    StatusParked,
)
from schemas.ids import delivery_id
from schemas.reference import Reference
from tests.core.routing_cases import (
    HEALTH,
    KEY,
    NOBODY,
    NOON,
    PROVINCE,
    Partition,
    named,
    signed,
    status,
)
from tests.reference_files import demo, demo_files, directory, sound

UNIT = "001.01.17.H53"
"""A unit of the health department, which runs its document system."""

AGENCIES = """000.00.00.H53,H53,Tỉnh X,,province,2020-01-01,,,
000.00.05.H53,H53.05,Sở A,000.00.00.H53,department,2020-01-01,,,
000.00.06.H53,H53.06,Sở B,000.00.00.H53,department,2020-01-01,,,
000.00.07.H53,H53.07,Sở C,000.00.00.H53,department,2020-01-01,2021-12-31,,
000.00.08.H53,H53.08,Sở D,000.00.00.H53,department,2020-01-01,2021-12-31,000.00.05.H53,
000.00.00.G12,G12,Bộ E,,central,2020-01-01,,,
"""
LEVELS = """level,rank,name_vi,valid_from,valid_to,selectable
central,1,Bộ,2020-01-01,,yes
province,1,Tỉnh,2020-01-01,,yes
department,2,Sở,2020-01-01,,yes
"""
ENDPOINTS = """endpoint_id,organ_id,kind,address,mode,valid_from,valid_to
a,000.00.05.H53,folder,a,pull,2020-01-01,
"""
ALIASES = "alias,organ_id,valid_from,valid_to\nSO-Y,000.00.05.H53,,\nSO-Y,000.00.06.H53,,\n"


def small() -> Reference:
    """Return a province of five agencies of which one has an endpoint; the national axis has none here."""
    known = directory(AGENCIES, levels=LEVELS, endpoints=ENDPOINTS, aliases=ALIASES)
    return demo().with_value("directory", known, "small")


def routes(old: str, new: str) -> Reference:
    """Return the demo's reference data with one line of routes.yaml changed."""
    text = demo_files()["routes.yaml"].decode()
    assert old in text
    return demo().with_value("routes", sound("routes", {"routes.yaml": text.replace(old, new, 1).encode()}), new)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("000.00.06.H53", "RECIPIENT_NO_ENDPOINT"),
        ("H53.06", "RECIPIENT_NO_ENDPOINT"),
        ("000.00.07.H53", "RECIPIENT_CLOSED"),
        ("SO-Y", "RECIPIENT_AMBIGUOUS"),
        ("000.00.99.H53", "RECIPIENT_UNKNOWN"),
        ("000.00.00.G12", "RECIPIENT_NO_ENDPOINT"),
        ("000.00.77.G12", "RECIPIENT_UNKNOWN"),  # foreign, and no national axis to ask
    ],
)
def test_a_code_that_leads_nowhere_has_its_own_reason(code: str, reason: str) -> None:
    """One refusal for this recipient, with a sentence that names the code; the good recipient gets its delivery."""
    router = Partition(reference=small())

    delivery, refusal = router.take(signed("000.00.05.H53", code))

    assert isinstance(delivery, DocumentDispatched)
    assert isinstance(refusal, DocumentRefused)
    assert (reason, code, f"{KEY}-{code}") == (refusal.reason, refusal.addressed, refusal.key)
    assert code in refusal.sentence_vi


def test_an_ended_code_goes_to_its_successor_or_is_refused_as_configured() -> None:
    """`rerouted: pass` carries it with a note; `refuse` calls it closed."""
    (passed,) = Partition(reference=small()).take(signed("000.00.08.H53"))
    (refused,) = Partition(reference=routes("rerouted: pass", "rerouted: refuse")).take(signed("000.00.30.H53"))

    assert isinstance(passed, DocumentDispatched)
    assert ("000.00.05.H53", ("rerouted:000.00.08.H53",)) == (passed.recipient, passed.notes)
    assert isinstance(refused, DocumentRefused)
    assert "RECIPIENT_CLOSED" == refused.reason


def test_two_forms_of_one_foreign_code_make_one_delivery() -> None:
    """Written short and in full, and in no directory here: the national axis gets it once, with both codes."""
    (event,) = Partition().take(signed("000.00.77.G06", "77.G06"))

    assert isinstance(event, DocumentDispatched)
    assert ("000.00.77.G06", ("000.00.77.G06", "77.G06")) == (event.recipient, event.addressed)


def test_an_unknown_code_may_be_handed_to_the_root() -> None:
    """Where `routes` says so: the root's clerk gets it, once with what was addressed to the root, and is told which code it was."""
    hand_over = routes("unknown_under_root: refuse", "unknown_under_root: hand_to_root")
    event, alert = Partition(reference=hand_over).take(signed(NOBODY, PROVINCE))

    assert isinstance(event, DocumentDispatched)
    assert (PROVINCE, (NOBODY, PROVINCE), (f"handed_to_root:{NOBODY}",)) == (
        event.recipient,
        event.addressed,
        event.notes,
    )
    assert isinstance(alert, DocumentAlert)
    assert ("recipient_unknown", NOBODY) == (alert.kind, alert.recipient)


def test_no_rule_is_a_refusal_of_this_recipient() -> None:
    """A route that is not allowed says so; others of the packet go."""
    never = "rules:\n  - {id: never, from: {root: ours}, to: {agency: [000.00.17.H53]}, allow: no}"
    events = Partition(reference=routes("rules:", never)).take(signed(HEALTH, "000.21.31.H53"))

    assert ["DocumentDispatched", "DocumentRefused"] == named(events)
    assert isinstance(events[1], DocumentRefused)
    assert ("ROUTE_NOT_ALLOWED", HEALTH) == (events[1].reason, events[1].addressed)


def test_the_same_code_twice_is_refused_as_a_whole() -> None:
    """Equal after cleaning: the packet is not sound (two forms of one agency are)."""
    (refusal,) = Partition().take(signed(HEALTH, HEALTH))

    assert isinstance(refusal, DocumentRefused)
    assert ("DUPLICATE_RECEIVER", "") == (refusal.reason, refusal.addressed)


# -- statuses ----------------------------------------------------------------------------------------
def test_who_runs_the_document_system_speaks_for_the_unit() -> None:
    """The department's client system says 03 in the unit's name; the commune's may not."""
    router = Partition()
    router.take(signed(UNIT))
    (accepted,) = router.take(status("03", UNIT, by="folder:h53-17"))
    (refused,) = router.take(status("04", UNIT, by="folder:h53-31-21"))

    assert isinstance(accepted, DocumentAcknowledged)
    assert delivery_id(KEY, UNIT) == accepted.delivery_id
    assert isinstance(refused, DocumentRefused)
    assert ("STATUS_NOT_ENTITLED", True) == (refused.reason, refused.about_status)


@pytest.mark.parametrize("code", ["01", "02", "04", "05", "06", "15", "16"])
def test_a_recipients_code_is_not_the_senders_to_say(code: str) -> None:
    """Only 13 is; all others come from the recipient."""
    router = Partition()
    router.take(signed(HEALTH))
    (refused,) = router.take(status(code, PROVINCE, addressed_to=HEALTH))
    (accepted,) = router.take(status(code, HEALTH))

    assert isinstance(refused, DocumentRefused)
    assert isinstance(accepted, DocumentAcknowledged)


def test_a_stranger_parks_nothing_in_anothers_name() -> None:
    """No document is known yet: the agency's own system may wait for it, another's is refused at once."""
    router = Partition()
    (parked,) = router.take(status("01", HEALTH))
    (refused,) = router.take(status("03", HEALTH, by="folder:h53-31-21"))
    (unknown,) = router.take(status("03", NOBODY, by="folder:h53-31-21"))

    assert isinstance(parked, StatusParked)
    assert ["STATUS_NOT_ENTITLED"] * 2 == [
        each.reason for each in (refused, unknown) if isinstance(each, DocumentRefused)
    ]


def test_who_came_after_the_sender_may_ask_it_back() -> None:
    """The town sent it in June and ended; the ward that took its place says 13 in July. Another ward may not."""
    town, ward, other = "000.00.30.H53", "000.00.40.H53", "000.00.41.H53"
    rows = f"kind,identity,organ_ids,note\nfolder,town,{town};{ward},\nfolder,other,{other},\n"
    known = demo().with_value("identities", sound("identities", {"identities.csv": rows.encode()}), "town")
    june, july = NOON.replace(year=2025, month=6, day=20), NOON.replace(year=2025, month=7, day=2)
    router = Partition(reference=known)
    document_id = f"{town},2025-06-20,9/UBND"
    router.take(
        signed(HEALTH, sender=town, submitted_by="folder:town", document_id=document_id, submitted_at=june), now=june
    )
    (asked,) = router.take(status("13", ward, addressed_to=HEALTH, by="folder:town"), now=july)
    (refused,) = router.take(status("13", other, addressed_to=HEALTH, by="folder:other"), now=july)

    assert isinstance(asked, DocumentAcknowledged)
    assert isinstance(refused, DocumentRefused)


# -- senders -----------------------------------------------------------------------------------------
def test_an_ended_agency_does_not_send() -> None:
    """Written with the old code and resolved to the successor, whose own system handed it over: still refused."""
    event = signed(
        HEALTH, sender="000.00.16.H53", submitted_by="folder:intake", document_id="000.00.16.H53,2026-11-23,1/SXD"
    )
    written = replace(event, envelope=replace(event.envelope, sender="000.00.04.H53"))
    (refusal,) = Partition().take(written)

    assert isinstance(refusal, DocumentRefused)
    assert "SENDER_NOT_ALLOWED" == refusal.reason
