"""A signed statement that a late fact makes untrue is taken back by a second one; one that is true stands."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from infra.pki import Pki
from tests.connectors.notify_desk import MONDAY
from tests.connectors.statement_scene import END, STEPS, Attesting, climb, over, verified


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Return the test PKI with the axis' key."""
    return Pki.open(tmp_path_factory.mktemp("pki"), at=MONDAY, agencies={})


@pytest.fixture
def attesting(server: Controller, port: int, tmp_path: Path, pki: Pki) -> Iterator[Attesting]:
    """Yield a notifier with the axis' key, and a mail server."""
    assert server is not None
    made = Attesting(port, tmp_path / "var", pki.folder / "keys" / "axis.pem")
    yield made
    made.post.close()


def test_a_statement_that_a_late_fact_makes_untrue_is_taken_back(attesting: Attesting, pki: Pki) -> None:
    """Signed; then a receipt from before the deadline reaches the log: a second statement names the first, signed as well, once."""
    climb(attesting, *STEPS)
    attesting.run(END)
    late = over(END, why="received_in_time")
    attesting.step(late)
    attesting.step(late)
    attesting.run(END + timedelta(days=1))
    first, second = attesting.statements
    said = attesting.said_in(second)

    assert ("", first.content.sha256) == (first.withdraws, second.withdraws)
    assert first.event_id != second.event_id
    assert (first.content.sha256, END.isoformat(), "received_in_time") == (
        said["withdraws"], said["known_at"], said["why"],
    )  # fmt: skip
    assert ("vn.lienthong.statement.withdrawal.v1", first.about, END) == (
        said["type"], second.about, second.occurred_at,
    )  # fmt: skip
    assert said["says"]["vi"].startswith(
        "Rút lại xác nhận rằng đến hạn 11:00 23/11/2026 Sở Y tế tỉnh X (000.00.17.H53)"
    )
    assert verified(attesting, second, pki)
    assert not any(row.startswith("record:") for row in attesting.rows)


def test_a_statement_stands_where_what_came_late_was_late(attesting: Attesting) -> None:
    """Received after the deadline: what was said is true, and stays."""
    climb(attesting, *STEPS)
    attesting.run(END)
    attesting.step(over(END))
    attesting.run(END + timedelta(days=1))

    assert [""] == [each.withdraws for each in attesting.statements]
