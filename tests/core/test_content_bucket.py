"""The content store in a bucket when the network or the server fails: tried again within bounds, never half, never mistaken for a missing content."""

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from infra.content import ContentAwayError, ContentCorruptError, ContentMissingError, ContentStore, bucket, open_content
from infra.examine import everything
from infra.kafka.places import free_ports
from infra.settings import Settings, SettingsError
from tests.content_places import LARGE, PDF, digest, name, named
from tests.gateway import BUCKET, SECRET
from tests.s3_stand_in import StandIn, stand_in

AWAY = [(503, "SlowDown")] * 99


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Yield a bucket that the environment names; what is tried again is so soon."""
    monkeypatch.setenv("LIENTHONG_VAR", str(tmp_path))
    monkeypatch.setattr(bucket, "RETRY", {**bucket.RETRY, "max_retries": 2, "backoff": {}})
    with stand_in(BUCKET) as running:
        named(running.server_port, monkeypatch)
        yield running


def store() -> ContentStore:
    """Return the store that the environment names."""
    return open_content(Settings.load())


def test_existing_content_is_not_sent_again(server: StandIn) -> None:
    """The second put of the same bytes asks for their size, and is done."""
    store().put([b"x"], PDF)
    before = len(server.requests)
    store().put([b"x"], PDF)

    assert ["HEAD 0"] == server.requests[before:]


def test_a_large_put_goes_up_in_parts(server: StandIn) -> None:
    """Five megabytes each: memory stays constant whatever the packet."""
    store().put(BytesIO(LARGE), PDF)
    parts = [int(each.split()[1]) for each in server.requests if each.startswith("PUT")]

    assert ([bucket.PART] * 2, len(LARGE)) == (sorted(parts)[1:], sum(parts))


def test_a_put_that_breaks_off_shows_nothing(server: StandIn) -> None:
    """The server goes away between two parts: nothing lies under the hash, and the next put does it."""
    server.fails = [(404, "NoSuchKey"), *AWAY]
    with pytest.raises(ContentAwayError, match="SlowDown"):
        store().put(BytesIO(LARGE), PDF)
    assert {} == server.objects

    server.fails = []
    store().put(BytesIO(LARGE), PDF)

    assert LARGE == store().read(digest(LARGE))


def test_what_fails_for_a_moment_is_tried_again(server: StandIn) -> None:
    """Two answers of a busy server, and a body that breaks off: neither is seen."""
    server.fails = [(503, "SlowDown")] * 2
    store().put(BytesIO(LARGE), PDF)
    server.fails, server.cuts = [(500, "InternalError")], [3_000_000]

    assert LARGE == store().read(digest(LARGE))


@pytest.mark.parametrize("fails", [AWAY, [(403, "SignatureDoesNotMatch")] * 99, [(404, "NoSuchBucket")] * 99])
def test_a_store_that_is_away_says_nothing_about_contents(server: StandIn, fails: list[tuple[int, str]]) -> None:
    """Busy for long, keys that are wrong, no such bucket: an OSError with the server's own code (or, to a HEAD, its status), never a missing content."""
    server.fails = list(fails)
    for ask in (
        lambda: store().read(digest(b"x")),
        lambda: next(iter(store().pieces(digest(b"x")))),
        lambda: store().lend(digest(b"x")).__enter__(),
        lambda: store().put([b"x"], PDF),
    ):
        with pytest.raises(OSError, match=f"{fails[0][1]}|status code: {fails[0][0]}") as caught:
            ask()
        assert isinstance(caught.value, ContentAwayError)
        assert SECRET not in str(caught.value)


def test_nobody_listens(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection is an environment trouble with what to do about it; doctor says the same."""
    named(free_ports(1)[0], monkeypatch)
    with pytest.raises(ContentAwayError, match="HTTP error") as caught:
        store().read(digest(b"x"))
    found = next(each for each in everything(Settings.load()) if each.check == "contents")

    assert "AWS_" in caught.value.mend
    assert (False, str(caught.value)[:30]) == (found.ok, found.found[:30])
    assert [] == server.requests


def test_doctor_finds_a_store_that_answers(server: StandIn) -> None:
    """An empty bucket answers that nothing is there: it is in order."""
    found = next(each for each in everything(Settings.load()) if each.check == "contents")

    assert (True, "s3://contents/truc/a", ["GET 0"]) == (found.ok, found.found, server.requests)


def test_what_is_lent_is_verified_and_leaves_nothing(server: StandIn, tmp_path: Path) -> None:
    """Another process of ours reads it by its path; afterwards no file is left; other bytes are never lent."""
    ref = store().put([b"packet"], PDF)
    with store().lend(ref.sha256) as path:
        read = subprocess.run(
            [sys.executable, "-c", f"print(open({str(path)!r}).read())"], capture_output=True, check=True
        )
        assert b"packet\n" == read.stdout
        assert [] == [*(tmp_path / "spool").iterdir()]
    assert not path.exists()

    server.objects[f"truc/a/{name(b'packet')}"] = b"packeT"
    with pytest.raises(ContentCorruptError), store().lend(ref.sha256):
        pass


def test_more_than_the_limit_is_not_fetched(server: StandIn) -> None:
    """What somebody else laid there may have any size: the read ends soon after the limit."""
    server.objects[f"truc/a/{name(b'x')}"] = LARGE
    with pytest.raises(ContentCorruptError, match="larger than 5 bytes"):
        store().read(digest(b"x"), limit=5)


def test_wrong_names_of_a_bucket_are_complained_about(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another scheme, no bucket, a key without its secret; a folder may be called anything."""
    for wrong in ("gs://b/a", "s3://", "s3:///a", "s3://B/a", "s3://bucket/a?x"):
        monkeypatch.setenv("LIENTHONG_CONTENT", wrong)
        with pytest.raises(SettingsError, match=r"LIENTHONG_CONTENT: a folder or s3://BUCKET/PREFIX"):
            Settings.load()
    monkeypatch.setenv("LIENTHONG_CONTENT", str(tmp_path))
    assert (tmp_path, False) == (Settings.load().content_folder, Settings.load().content_is_bucket)
    monkeypatch.setenv("LIENTHONG_CONTENT", "s3://bucket")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "axis")
    with pytest.raises(SettingsError, match="AWS_SECRET_ACCESS_KEY_FILE: needed with AWS_ACCESS_KEY_ID"):
        Settings.load()


def test_the_secret_comes_from_a_file_and_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file wins over the variable, its line end is none of the secret, and no print shows either."""
    (tmp_path / "secret").write_text("from-the-file\n")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    settings = Settings.load()

    assert "from-the-file" == settings.s3_secret_key
    assert SECRET not in repr(settings)


def test_a_missing_content_is_still_missing(server: StandIn) -> None:
    """The server answers, and has nothing."""
    with pytest.raises(ContentMissingError):
        store().read(digest(b"x"))

    assert ["GET 0"] == server.requests
