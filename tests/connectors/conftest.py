"""A mail server, a web server and a notifier beside them, for the tests of the notifier."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from infra.kafka.places import free_ports
from tests.connectors.notify_desk import Desk, Mailboxes
from tests.connectors.web_targets import Target, target


@pytest.fixture
def mailboxes() -> Mailboxes:
    """Return empty mailboxes."""
    return Mailboxes()


@pytest.fixture
def port() -> int:
    """Return a free port."""
    return free_ports(1)[0]


@pytest.fixture
def server(mailboxes: Mailboxes, port: int) -> Iterator[Controller]:
    """Yield a running mail server."""
    controller = Controller(mailboxes, hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def desk(port: int) -> Iterator[Desk]:
    """Yield a notifier with its rows."""
    made = Desk(port)
    yield made
    made.post.close()


@pytest.fixture
def server_web() -> Iterator[Target]:
    """Yield a web server that takes posts."""
    with target() as one:
        yield one
