"""The reports' figures equal a recount straight from the events, on SQLite and PostgreSQL."""

import statistics
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from connectors.register import tables
from connectors.register.projection import project
from connectors.reports.asked import Asked, period
from connectors.reports.kinds import REPORTS
from infra.state.database import open_database, reading, writing
from schemas.events import DocumentAcknowledged, Event
from tests.connectors import life, report_recount
from tests.connectors.report_history import (
    CLOSED,
    COMMUNE,
    FIRST,
    HEALTH,
    HIDDEN,
    LAST,
    NOW,
    PROVINCE,
    SILENT,
    History,
    reference,
)  # fmt: skip
from tests.postgres import database, postgres, postgres_server
from tests.reference_files import present

__all__ = ["database", "postgres", "postgres_server"]

COUNTED = (
    "sent", "recalls_sent", "refused", "refused_at_door", "signed", "unsigned", "wrongly_signed", "with_paper",
    "without_paper", "paper_needless", "late_dispatch", "dispatched", "addressed", "received", "open", "taken_back",
    "refused_by_recipient", "recalled", "statuses", "late_receive", "late_answer",
)  # fmt: skip
EVENTS = History(seed=28, documents=400).events()


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """Yield an empty register of either kind."""
    made = open_database(database, tables.METADATA)
    yield made
    made.dispose()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def month(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Yield a register of either kind that holds the month."""
    url = f"sqlite:///{tmp_path_factory.mktemp('month') / 'r.sqlite'}"
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("create database month"))
        admin.dispose()
        url = f"{server}/month"
    made = open_database(url, tables.METADATA)
    with writing(made) as connection:
        project(connection, list(life.on_topics(EVENTS)))
    yield made
    made.dispose()


def rows(engine: Engine, kind: str, **asked: Any) -> list[dict[str, Any]]:
    """Return a report's rows."""
    known, calendar = reference(), present(reference().calendar)
    with reading(engine) as connection:
        own: dict[str, Any] = {"directory": present(known.directory), "calendar": calendar, "contacts": known.contacts}
        own |= {"period": period(FIRST, LAST, calendar.zone), "now": NOW} | asked
        return [dict(row) for row in REPORTS[kind].rows(Asked(connection=connection, **own))]


def nearest_rank(values: list[int], percent: int) -> int | None:
    """Return the value at the nearest rank, counted by hand."""
    return values[-(-len(values) * percent // 100) - 1] if values else None


def test_the_use_of_the_axis_equals_a_recount(month: Engine) -> None:
    """Every count, percentile and mean of every agency; and the history holds every case."""
    expected = report_recount.by_agency(EVENTS)
    found = {row["organ_id"]: row for row in rows(month, "usage")}

    for organ_id, row in found.items():
        own: Mapping[str, Any] = expected.get(organ_id, {})
        assert {name: own.get(name, 0) for name in COUNTED} == {name: row[name] for name in COUNTED}, organ_id
        for pace in ("receive", "answer"):
            values = own.get(pace) or []
            assert [nearest_rank(values, p) for p in (50, 95, 99)] == [row[f"{pace}_p{p}"] for p in (50, 95, 99)], pace
        for code in ("01", "03", "06"):
            values = own.get(code) or []
            assert (round(statistics.fmean(values), 1) if values else None) == row[f"mean_to_{code}"]
            assert nearest_rank(values, 95) == row[f"p95_to_{code}"]
    assert set(expected) <= set(found)
    assert all(sum(row[name] for row in found.values()) > 0 for name in COUNTED)


def test_everyone_who_was_there_has_a_row(month: Engine) -> None:
    """Also who closed in the middle of the month, under the old name, and who sent nothing; not who closed before, nor technical nodes."""
    found = {row["organ_id"]: row for row in rows(month, "usage")}

    assert ("Sở Cũ", "department") == (found[CLOSED]["name"], found[CLOSED]["level"])
    assert 0 < found[CLOSED]["sent"]
    assert {0} == {found[SILENT][name] for name in COUNTED}
    assert not {"000.00.20.H53", HIDDEN} & set(found)


@pytest.mark.parametrize("by", ["level", "type", "all"])
def test_every_grouping_adds_up_to_the_same(month: Engine, by: str) -> None:
    """Levels, types of document, or all in one row: the same documents."""
    one, other = rows(month, "usage"), rows(month, "usage", by=by)

    for name in COUNTED:
        assert sum(row[name] for row in one) == sum(row[name] for row in other), name
    assert 1 < len(other) or by == "all"


def test_levels_are_connected_silent_and_without_contact(month: Engine) -> None:
    """Of departments: two live and one closed within the month, all by the province's endpoint; one is silent, one has a contact."""
    found = {(row["level"], row["to_level"]): row for row in rows(month, "interconnection")}
    departments = found["department", ""]
    usage = rows(month, "usage")

    assert (3, 3, 1, 2) == tuple(
        departments[name] for name in ("agencies", "agencies_connected", "agencies_silent", "agencies_without_contact")
    )
    edges = [row for row in found.values() if row["part"] == "edge"]
    assert sum(row["addressed"] for row in usage) == sum(row["deliveries"] for row in edges)
    assert sum(row["statuses"] for row in usage) == sum(row["statuses"] for row in edges)
    up = [
        e
        for e in report_recount.deliveries(EVENTS).values()
        if (e.first.sender, e.first.recipient) == (COMMUNE, PROVINCE)
    ]
    assert (
        sum(report_recount.inside(each.first.occurred_at) for each in up) <= found["commune", "province"]["deliveries"]
    )


def test_pairs_reconcile(month: Engine) -> None:
    """Dispatched = received + open + refused + taken back, for each pair, as the events say."""
    found = {(row["sender"], row["recipient"]): row for row in rows(month, "pairs")}
    classes = ("received", "open", "refused", "taken_back")
    expected = dict.fromkeys(found, 0)
    for each in report_recount.deliveries(EVENTS).values():
        if report_recount.inside(each.first.occurred_at):
            expected[each.first.sender, each.first.recipient] += 1

    assert expected == {pair: row["dispatched"] for pair, row in found.items()}
    assert all(row["dispatched"] == sum(row[name] for name in classes) for row in found.values())


def test_the_league_ranks_within_levels(month: Engine) -> None:
    """By the share in time; a silent agency has no place and stands last in its level."""
    found = [row for row in rows(month, "league") if row["level"] == "department"]

    assert {HEALTH, CLOSED, SILENT} == {row["organ_id"] for row in found}
    assert [1, 2, None] == [row["place"] for row in found]
    assert found[0]["in_time_share"] >= found[1]["in_time_share"]
    assert SILENT == found[-1]["organ_id"]


def test_what_an_agency_does_is_read_from_what_it_did(month: Engine) -> None:
    """Report 3: the silent one does nothing, but is connected; shares are of the same figures."""
    found = {row["organ_id"]: row for row in rows(month, "evaluation")}
    silent, health = found[SILENT], found[HEALTH]

    assert (True, False, False, False, None) == tuple(
        silent[name] for name in ("connected", "does_signing", "does_status", "does_recall", "in_time_share")
    )
    assert all(health[name] for name in ("connected", "does_signing", "does_status", "does_recall"))
    assert round(100 * health["fully_electronic"] / health["sent"], 1) == health["electronic_share"]
    assert health["judged"] == health["answered_in_time"] + health["late_answer"]


def test_an_empty_register_has_rows_of_zeros(engine: Engine) -> None:
    """Agencies have their rows, lists have none."""
    assert {0} == {row[name] for row in rows(engine, "usage") for name in COUNTED}
    assert {None} == {row["place"] for row in rows(engine, "league")}
    assert [] == [
        row for kind in ("unreceived", "overdue", "refused", "pairs", "variants") for row in rows(engine, kind)
    ]


def test_a_repeat_counts_once(month: Engine) -> None:
    """The same records again leave every report as it was."""
    before = {kind: rows(month, kind) for kind in REPORTS}
    with writing(month) as connection:
        project(connection, list(life.on_topics(EVENTS)))

    assert before == {kind: rows(month, kind) for kind in REPORTS}


def statuses(events: list[Event], code: str) -> list[DocumentAcknowledged]:
    """Return the statuses of a code within the month."""
    return [
        e for e in events
        if isinstance(e, DocumentAcknowledged) and e.code == code and report_recount.inside(e.occurred_at)
    ]  # fmt: skip


def test_refusals_are_listed_with_their_reasons(month: Engine) -> None:
    """By the axis and by recipients, in the order of time."""
    found = rows(month, "refused")
    said = [row for row in found if row["about"] == "delivery"]

    assert [row["refused_at"] for row in found] == sorted(row["refused_at"] for row in found)
    assert len(statuses(EVENTS, "02")) == len(said) > 0
    assert {"Sai nơi nhận"} == {row["sentence_vi"] for row in said}
    assert {"SECRET_FORBIDDEN", "NO_SIGNATURE_FOUND"} < {row["code"] for row in found}
