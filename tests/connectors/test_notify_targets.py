"""Who may be spoken to by webhook and SMS: public addresses, listed by the operator, proven by TLS, and not while they fail."""

import ssl
from pathlib import Path

import pytest

from connectors.notify import circuits, web
from connectors.notify.circuits import Circuits
from connectors.notify.keyring import keyring, target_of
from connectors.notify.post import Answer
from connectors.notify.webhook import Gateway
from infra.errors import EnvironmentFaultError
from tests.connectors.notify_desk import MONDAY
from tests.connectors.test_notify_post import certificate  # noqa: F401 - a fixture
from tests.connectors.web_targets import WRITTEN_KEY, Target, gateway, given, missive, target, url_of


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",  # noqa: S104 - an address to speak to
        "169.254.169.254",
        "10.0.0.1",
    ],
)
def test_an_address_that_is_not_public_is_not_spoken_to(tmp_path: Path, server_web: Target, host: str) -> None:
    """Listed by mistake or by a name that leads home: refused before a connection, unless the operator allows such addresses."""
    door = Gateway(given(tmp_path, f"{host}:{server_web.server_port}", webhook_private=False))

    assert "target not allowed" == door.send(missive(url_of(server_web, host=host)), MONDAY).said
    assert 0 == server_web.asked


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("::ffff:8.8.8.8", True),
    ],
)
def test_what_a_public_address_is(address: str, public: bool) -> None:  # noqa: FBT001 - a parameter
    """Addresses in other clothes are what they are."""
    assert public == web._is_public(address)


def test_who_is_not_listed_is_not_spoken_to(tmp_path: Path, server_web: Target) -> None:
    """The contacts name an address; the operator's file decides."""
    door = Gateway(given(tmp_path, f"127.0.0.1:{server_web.server_port + 1}"))

    assert Answer(delivered=False, said="target not configured") == door.send(missive(url_of(server_web)), MONDAY)
    assert "target not configured" == Gateway(given(tmp_path)).send(missive(""), MONDAY).said
    assert 0 == server_web.asked


def test_a_server_that_cannot_prove_itself_gets_nothing(
    tmp_path: Path,
    certificate: Path,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """TLS is verified, always; of a known authority it is spoken to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with target(context) as one:
        door, url = gateway(tmp_path, one), url_of(one, "https")
        answer = door.send(missive(url), MONDAY)
        assert ("SSLCertVerificationError", False, []) == (answer.said, answer.unsure, one.posted)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert door.send(missive(url), MONDAY).delivered


@pytest.mark.parametrize(
    "line",
    [
        "x.example:443",
        "x.example:443 secret",
        "x.example:443 whsec_!!!",
        "x.example:443 whsec_c2hvcnQ=",
        f"x.example {WRITTEN_KEY}",
        f"https://x.example:443 {WRITTEN_KEY}",
        f"x.example:443 {WRITTEN_KEY} more",
        f"x.example:99999 {WRITTEN_KEY}",
    ],
)
def test_a_wrong_line_stops_the_start_and_shows_no_key(tmp_path: Path, line: str) -> None:
    """Every wrong line is named by its number."""
    file = tmp_path / "keys"
    file.write_text(f"a.example:1 {WRITTEN_KEY}\n{line}\n")
    with pytest.raises(EnvironmentFaultError, match="in line 2") as caught:
        keyring(file)

    assert WRITTEN_KEY not in str(caught.value)


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    """Better than nobody being told."""
    with pytest.raises(EnvironmentFaultError, match="FileNotFoundError"):
        keyring(tmp_path / "none")
    assert {} == keyring(None)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://X.example/a", "x.example:443"),
        ("http://x.example:8/", "x.example:8"),
        ("ftp://x/", ""),
        ("http://x:y/", ""),
    ],
)
def test_a_target_is_host_and_port(url: str, expected: str) -> None:
    """One key for all that is behind one port."""
    assert expected == target_of(url)


# -- circuits ----------------------------------------------------------------------------------------
def test_a_circuit_opens_and_half_opens() -> None:
    """Five failures: nobody may; a minute later one may, and decides; another target is another circuit."""
    now = 0.0
    known = Circuits(lambda: now)
    for _ in range(circuits.FAILURES):
        assert known.lets("a:1")
        known.learn("a:1", alive=False)
    assert (False, True) == (known.lets("a:1"), known.lets("b:1"))
    now = circuits.OPEN_SECONDS
    assert [True, False] == [known.lets("a:1") for _ in range(2)]
    known.learn("a:1", alive=False)
    assert not known.lets("a:1")
    now *= 2
    assert known.lets("a:1")
    known.learn("a:1", alive=True)
    assert [True, True] == [known.lets("a:1") for _ in range(2)]


def test_many_slow_targets_hold_nobody_up(tmp_path: Path, server_web: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a circuit of its own, but together they get twenty seconds of a minute: the rest is told by mail, and the process goes on."""
    monkeypatch.setattr(web, "SECONDS", 0.2)
    monkeypatch.setattr(circuits, "MOST_LOST_SECONDS", 0.5)
    server_web.mood = "silent"
    door = gateway(tmp_path, server_web)
    said = [door.send(missive(url_of(server_web)), MONDAY).said for _ in range(5)]
    server_web.mood = "204"

    assert ["TimeoutError"] * 3 + ["others too slow"] * 2 == said
    assert "others too slow" == door.send(missive(url_of(server_web)), MONDAY).said


def test_patience_comes_back() -> None:
    """What was lost more than a minute ago does not count."""
    now = 0.0
    patience = circuits.Patience(lambda: now)
    now = circuits.MOST_LOST_SECONDS
    patience.lose(0.0)
    assert patience.has_run_out()
    now += circuits.OPEN_SECONDS
    assert not patience.has_run_out()


def test_an_open_circuit_asks_nobody(tmp_path: Path, server_web: Target) -> None:
    """After five failures the server is left alone; a final no is an answer of a server that lives."""
    door = gateway(tmp_path, server_web)
    server_web.mood = "404"
    assert {"404"} == {door.send(missive(url_of(server_web)), MONDAY).said for _ in range(circuits.FAILURES + 1)}
    server_web.mood, server_web.asked = "500", 0
    said = [door.send(missive(url_of(server_web)), MONDAY).said for _ in range(circuits.FAILURES + 2)]

    assert ["500"] * circuits.FAILURES + ["circuit open"] * 2 == said
    assert circuits.FAILURES == server_web.asked
