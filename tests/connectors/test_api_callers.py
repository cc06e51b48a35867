"""Who calls: tokens, signed headers with their vectors, and the file that names the clients."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.http.clients import Clients, ClientsError, load
from connectors.http.header_signature import FORMS, Signatures, hmac_of
from connectors.http.memory import Memory
from connectors.http.problems import RefusedError
from connectors.http.rates import Rates
from infra.settings import Settings
from tests.connectors.api_scene import Scene, api, clients_file, secret

NOW = datetime(2026, 11, 23, 2, 0, 0, tzinfo=UTC)
STAMP = "23112026T090000+0123"
"""09:00 in Việt Nam."""

SIGNED = ("XroadVnpt-systemid", "XroadVnpt-timestamp", "XroadVnpt-Content-Type")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Yield an API."""
    with api(Settings(var=tmp_path / "var")) as running:
        yield running


@dataclass(frozen=True)
class Judge:
    """A judge of signed headers and its clients."""

    signatures: Signatures
    clients: Clients

    def client(self, headers: Mapping[str, str]) -> str:
        """Return whose request it is, taken for the first time."""
        found = self.signatures.judge(headers, self.clients)
        self.signatures.require_new(found, self.clients)
        return found.client


def judging(folder: Path, now: Callable[[], datetime]) -> Judge:
    """Return a judge whose memory lies in a folder."""
    return Judge(Signatures(Memory(Settings(var=folder), now), now), load(clients_file(folder)))


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Return a judge of signed headers whose clock stands still."""
    return judging(tmp_path, lambda: NOW)


def signed(name: str = "tinh", *, stamp: str = STAMP, key: str = "", **changed: str) -> dict[str, str]:
    """Return signed headers, small names, then changed."""
    plain = {"systemid": f"id-{name}", "timestamp": stamp, "Content-Type": "application/octet-stream"}
    copies = {f"XroadVnpt-{each}": value for each, value in plain.items()}
    own = {"XroadVnpt-sign-header": ";".join(copies), "XroadVnpt-version": "1.0"}
    own["XroadVnpt-sign-header-key"] = hmac_of(key or secret(name), copies, "listed")
    return {each.lower(): value for each, value in (plain | copies | own).items()} | changed


def refusal(judge: Judge, headers: Mapping[str, str]) -> str:
    """Return why a request is refused."""
    with pytest.raises(RefusedError) as refused:
        judge.client(headers)
    return refused.value.code


@pytest.mark.parametrize(
    ("form", "written", "digest"),
    [
        (
            "listed",
            '{"XroadVnpt-systemid":"a=b","XroadVnpt-timestamp":"23112026T090000+0123","XroadVnpt-Content-Type":"văn bản"}',
            "5ea20eaa",
        ),
        (
            "sorted",
            '{"XroadVnpt-Content-Type":"văn bản","XroadVnpt-systemid":"a=b","XroadVnpt-timestamp":"23112026T090000+0123"}',
            "4db66ed7",
        ),
    ],
)
def test_vectors_of_the_canonical_forms(form: str, written: str, digest: str) -> None:
    """The exact text that is signed, and the beginning of its HMAC under `0123456789abcdef`."""
    given = dict(zip(SIGNED, ("a=b", STAMP, "văn bản"), strict=True))

    assert written == FORMS[form](given)
    assert digest == hmac_of("0123456789abcdef", given, form)[:8]


def test_a_signed_request_is_its_clients(judge: Judge) -> None:
    """Each by its own key; the signature may be in either header and in capitals."""
    other = signed("so-y-te")
    other["xroadvnpt-hash-header"] = other.pop("xroadvnpt-sign-header-key").upper()

    assert ["tinh", "so-y-te"] == [judge.client(signed()), judge.client(other)]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (signed(systemid="id-xa-b"), "CREDENTIALS_WRONG"),
        (signed(systemid=""), "CREDENTIALS_WRONG"),
        (signed(timestamp="23112026T090001+0123"), "CREDENTIALS_WRONG"),
        (signed(key="another secret, as long"), "CREDENTIALS_WRONG"),
        (signed() | {"xroadvnpt-sign-header-key": ""}, "CREDENTIALS_WRONG"),
        (signed() | {"xroadvnpt-sign-header": "XroadVnpt-systemid"}, "CREDENTIALS_WRONG"),
        (signed() | {"xroadvnpt-sign-header": ""}, "CREDENTIALS_WRONG"),
        (signed() | {"xroadvnpt-sign-header": "x-nobody"}, "CREDENTIALS_WRONG"),
        (signed() | {"xroadvnpt-systemid": "id-xa-b"}, "CREDENTIALS_WRONG"),
        (signed(stamp="23112026T085000+0123"), "REQUEST_STALE"),
        (signed(stamp="23112026T091000+0123"), "REQUEST_STALE"),
        (signed(stamp="2026-11-23T09:00:00"), "REQUEST_MALFORMED"),
        (signed(stamp="99992026T090000"), "REQUEST_MALFORMED"),
    ],
)
def test_what_is_not_signed_as_it_stands(judge: Judge, headers: dict[str, str], code: str) -> None:
    """Another's id, another key, a moment that is not the signed one, nothing signed, too old, too new, no moment."""
    assert code == refusal(judge, headers)


def test_a_signature_is_taken_once(tmp_path: Path) -> None:
    """For as long as its moment would pass; a refused one is not remembered."""
    now = [NOW]
    judge = judging(tmp_path, lambda: now[0])
    judge.client(signed())

    assert "REQUEST_REPEATED" == refusal(judge, signed())
    now[0] += timedelta(minutes=4)
    assert "REQUEST_REPEATED" == refusal(judge, signed())
    now[0] += timedelta(minutes=20)
    assert "REQUEST_STALE" == refusal(judge, signed())


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "CREDENTIALS_MISSING"),
        ({"Authorization": "Bearer wrong"}, "CREDENTIALS_WRONG"),
        ({"Authorization": "Bearer"}, "CREDENTIALS_WRONG"),
        ({"Authorization": "Basic dG9rZW4tdGluaA=="}, "CREDENTIALS_WRONG"),
        ({"systemid": "id-tinh"}, "CREDENTIALS_WRONG"),
    ],
)
def test_without_credentials_nothing_is_told(scene: Scene, headers: dict[str, str], code: str) -> None:
    """401 with a challenge; the same for every route, as the table of roles shows."""
    answer = scene.ask("GET", "/v1/inbox", headers={"Authorization": ""} | headers)

    assert (401, code) == (answer.status_code, answer.json()["code"])


def test_guessing_is_slowed_down(tmp_path: Path) -> None:
    """So many wrong tokens a minute from one address; who shows a good one is not held up by them."""
    with api(Settings(var=tmp_path / "var"), limits="failures_per_minute = 3") as scene:
        said = [scene.ask("GET", "/v1/inbox", headers={"Authorization": "Bearer x"}).status_code for _ in range(4)]

        assert [401, 401, 401, 429] == said
        assert 503 == scene.ask("GET", "/v1/inbox").status_code  # no register yet


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[clients.A]", "clients.A"),
        ("[clients.a]\ntokens = ['secret in plain text']", "clients.a.tokens.0"),
        ("[clients.a]\nsignatures = [{systemid = 's', secret = 'short'}]", "clients.a.signatures.0.secret"),
        ("[clients.a]\nwho = 1", "clients.a.who"),
        (f"[clients.a]\ntokens = ['{'0' * 64}']\n[clients.b]\ntokens = ['{'0' * 64}']", "clients.b: shares"),
        ("[limits]\nconnections = 0\n[clients.a]", "limits.connections"),
        ("clients", "key/value"),
        ("[limits]", "clients"),
    ],
)
def test_a_file_of_clients_that_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    """Where, and never with the secret in the words."""
    file = tmp_path / "clients.toml"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ClientsError) as fault:
        load(file)

    assert says in str(fault.value)
    assert "secret in plain text" not in str(fault.value)
    assert "short'" not in str(fault.value)


def test_others_may_not_read_the_file(tmp_path: Path) -> None:
    """It holds keys."""
    file = clients_file(tmp_path)
    file.chmod(0o640)
    with pytest.raises(ClientsError, match="chmod 600"):
        load(file)


def test_turns_come_back_evenly() -> None:
    """Two a minute: two at once, the third after half a minute; another one has its own."""
    now = [0.0]
    rates = Rates(2, lambda: now[0])
    rates.take("a")
    rates.take("a")
    rates.take("b")
    with pytest.raises(RefusedError) as refused:
        rates.take("a")
    now[0] += 30.1
    rates.take("a")

    assert "30" == refused.value.headers["Retry-After"]


def test_no_clients_is_a_file_too() -> None:
    """The shape alone."""
    assert "" == Clients(clients={}).by_token("0" * 64)
