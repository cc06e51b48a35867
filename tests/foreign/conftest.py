"""One foreign province a run: its keys take a while to make."""

from datetime import UTC, datetime

import pytest

from tests.foreign.house import House

NINE = datetime(2026, 11, 27, 2, tzinfo=UTC)
"""09:00 in Việt Nam, on the day of the packets."""


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Return the province with its authorities; revocation lists are of this morning."""
    return House(folder=tmp_path_factory.mktemp("province"), now=NINE)
