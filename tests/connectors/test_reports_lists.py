"""The daily lists: what was not received, what is overdue, what was refused; and tolerated variants. Small histories, figures by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from connectors.register import tables
from connectors.register.projection import project
from connectors.reports.asked import EVER, Asked, period
from connectors.reports.histogram import Histogram, share
from connectors.reports.kinds import REPORTS
from infra.state.database import open_database, reading, writing
from schemas.events import Act, DeliverySuperseded, Event, Milestone, Stage
from tests.connectors import life
from tests.connectors.report_history import duties
from tests.reference_files import demo, present

WEDNESDAY = datetime(2026, 11, 25, 3, tzinfo=UTC)
"""10:00 on Wednesday the 25th in Việt Nam; Tuesday the 24th is a holiday."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Yield an empty register."""
    made = open_database(f"sqlite:///{tmp_path / 'r.sqlite'}", tables.METADATA)
    yield made
    made.dispose()


def write(engine: Engine, *facts: Event) -> None:
    """Project facts and the duties that follow from them."""
    with writing(engine) as connection:
        project(connection, list(life.on_topics([*facts, *duties(facts)])))


def rows(engine: Engine, kind: str, *, first: date = EVER, last: date = date(2026, 11, 30)) -> list[dict[str, Any]]:
    """Return a list's rows on Wednesday morning."""
    calendar = present(demo().calendar)
    with reading(engine) as connection:
        asked = Asked(
            connection=connection,
            directory=present(demo().directory),
            calendar=calendar,
            period=period(first, last, calendar.zone),
            now=WEDNESDAY,
        )
        return [dict(row) for row in REPORTS[kind].rows(asked)]


def test_what_waits_has_an_age_in_working_minutes(engine: Engine) -> None:
    """Dispatched on Monday 12:03: the afternoon (13:00-17:00) and Wednesday 07:30-10:00 are 390 minutes, the holiday is none."""
    write(engine, life.dispatched(), life.received(Milestone.OFFERED, 4), life.dispatched(life.COMMUNE),
          life.received(Milestone.RECEIVED, 5, life.COMMUNE))  # fmt: skip
    (row,) = rows(engine, "unreceived")

    assert (life.HEALTH, 390, True, life.HEALTH) == (
        row["recipient"], row["age_minutes"], row["overdue"], row["debtor"],
    )  # fmt: skip
    assert life.at(63) == row["breach_at"]
    assert "Sở Y tế" in row["recipient_name"]


@pytest.mark.parametrize(
    "end",
    [
        life.received(Milestone.RECEIVED, 9),
        life.said("01", 9),
        life.said("02", 9),
        life.dispatched(act=Act.RECALL),
    ],
)
def test_what_was_taken_or_ended_waits_no_more(engine: Engine, end: Event) -> None:
    """Received, said so by a status, refused, recalled."""
    write(engine, life.dispatched(), end)

    assert [] == rows(engine, "unreceived")


def test_a_delivery_without_a_duty_waits_too(engine: Engine) -> None:
    """The list does not hang on the watcher: it may be behind."""
    with writing(engine) as connection:
        project(connection, list(life.on_topics([life.dispatched()])))
    (row,) = rows(engine, "unreceived")

    assert (390, "", None, False) == (row["age_minutes"], row["debtor"], row["breach_at"], row["overdue"])


def test_the_days_asked_for_bound_the_list(engine: Engine) -> None:
    """By the day of dispatch, local: midnight in Việt Nam is 17:00 UTC the day before."""
    moment = datetime(2026, 11, 22, 17, tzinfo=UTC)
    write(engine, replace(life.dispatched(), occurred_at=moment, recorded_at=moment))

    assert 1 == len(rows(engine, "unreceived", first=date(2026, 11, 23), last=date(2026, 11, 23)))
    assert [] == rows(engine, "unreceived", first=date(2026, 11, 22), last=date(2026, 11, 22))


def test_an_overdue_answer_is_listed_until_it_comes(engine: Engine) -> None:
    """Received on Friday noon, due at the close of Monday, 17:00: on Wednesday at 10:00 150 working minutes late."""
    friday = -3 * 24 * 60
    sent = replace(life.dispatched(), occurred_at=life.at(friday), recorded_at=life.at(friday))
    taken = life.received(Milestone.RECEIVED, friday + 60)
    write(engine, sent, taken)
    (row,) = rows(engine, "overdue")

    assert ("intake", life.HEALTH, 150) == (row["clock"], row["debtor"], row["overdue_minutes"])
    facts = [sent, taken, life.said("02", 200)]
    with writing(engine) as connection:
        project(connection, list(life.on_topics([*facts, *duties(facts)])))
    assert [] == rows(engine, "overdue")


def test_refusals_say_who_must_act(engine: Engine) -> None:
    """Of a document, of one recipient, of a status, by a recipient; sentences in both languages."""
    write(
        engine,
        life.submitted(),
        life.dispatched(),
        life.not_routed(),
        life.refused(),
        life.refused("STATUS_NOT_ENTITLED", stage=Stage.ROUTING, about_status=True),
        life.said("02", 9, reason="Sai nơi nhận"),
    )
    found = {row["about"]: row for row in rows(engine, "refused")}

    assert {"document", "recipient", "status", "delivery"} == set(found)
    assert ("CHANGED_AFTER_SIGNING", "axis:verification", "sender") == tuple(
        found["document"][name] for name in ("code", "by", "acts")
    )
    assert found["document"]["sentence_en"]
    assert life.NOBODY == found["recipient"]["recipient"]
    assert ("Sai nơi nhận", life.HEALTH) == (found["delivery"]["sentence_vi"], found["delivery"]["by"])


def test_a_recall_packet_is_no_document(engine: Engine) -> None:
    """It travels under the older document's key: one document was sent, and one recall."""
    recall = replace(life.ENVELOPE, business_type=1)
    other = life.submitted(
        envelope=recall, content=replace(life.CONTENT, sha256="9" * 64), event_id="9", occurred_at=life.at(50)
    )
    write(engine, life.submitted(), other)
    found = {row["organ_id"]: row for row in rows(engine, "usage")}

    assert (1, 1) == (found[life.PROVINCE]["sent"], found[life.PROVINCE]["recalls_sent"])


def test_what_was_first_handed_over_before_the_period_is_none_of_it(engine: Engine) -> None:
    """The same bytes again are a try, not a document."""
    again = life.submitted(event_id="again", occurred_at=life.at(3 * 24 * 60))
    write(engine, life.submitted(), again)
    found = {row["organ_id"]: row for row in rows(engine, "usage", first=date(2026, 11, 24))}

    assert 0 == found[life.PROVINCE]["sent"]


def test_what_is_held_contested_and_replaced_is_counted(engine: Engine) -> None:
    """A held document is neither signed nor refused; who refuses and accepts contests, and has received; replaced unread is taken back."""
    replaced = {"act": Act.REPLACE, "by_document_key": "n", "by_document_id": "n", "by_sha256": "b" * 64}
    names = {
        name: getattr(life.dispatched(life.COMMUNE), name) for name in ("delivery_id", "document_key", "document_id")
    }
    newer = life.made(DeliverySuperseded, 9, **names, sender=life.PROVINCE, recipient=life.COMMUNE, **replaced)
    write(engine, life.submitted(), life.held(), life.dispatched(), life.dispatched(life.COMMUNE), newer,
          life.said("02", 9), life.said("03", 9))  # fmt: skip
    found = {row["organ_id"]: row for row in rows(engine, "usage")}
    names_of_figures = ("addressed", "received", "contested", "replaced", "taken_back", "open", "refused_by_recipient")

    assert (1, 1, 0, 0) == tuple(found[life.PROVINCE][name] for name in ("sent", "held", "signed", "refused"))
    assert (1, 1, 1, 0, 0, 0, 0) == tuple(found[life.HEALTH][name] for name in names_of_figures)
    assert (1, 0, 0, 1, 1, 0, 0) == tuple(found[life.COMMUNE][name] for name in names_of_figures)


def test_variants_are_counted_by_sender(engine: Engine) -> None:
    """Each note once a packet."""
    write(engine, life.submitted(envelope=replace(life.ENVELOPE, notes=("bom", "bom", "old_namespace"))))
    found = rows(engine, "variants")

    assert [("bom", 1, 1), ("old_namespace", 1, 1)] == [
        (row["variant"], row["packets"], row["of_packets"]) for row in found
    ]


def test_an_unknown_sender_has_a_row_without_a_name(engine: Engine) -> None:
    """What strangers write as their code is shown as written."""
    write(engine, life.refused("SENDER_UNKNOWN", stage=Stage.INTAKE, sender="=cmd|x"))
    found = rows(engine, "usage")

    assert ("=cmd|x", "", 1) == tuple(found[-1][name] for name in ("organ_id", "name", "refused_at_door"))


def test_percentiles_are_by_the_nearest_rank() -> None:
    """Of 1…100 the p-th is p; of nothing there is none; one value is every percentile."""
    many, none, one = Histogram(), Histogram(), Histogram()
    for value in range(1, 101):
        many.add(value)
    one.add(7, 3)

    assert [50, 95, 99] == [many.percentile(percent) for percent in (50, 95, 99)]
    assert (None, None) == (none.percentile(50), none.mean())
    assert (7, 7, 7.0) == (one.percentile(1), one.percentile(99), one.mean())
    assert (None, 33.3) == (share(0, 0), share(1, 3))
