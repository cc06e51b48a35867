"""Every content store: complete, verified bytes under their SHA-256, or an error with a code; in a folder and in a bucket alike."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from infra.content import CHUNK, ContentCorruptError, ContentMissingError, chunks_of
from tests.content_places import LARGE, PDF, Place, digest, name, place


@pytest.fixture(params=["folder", "stand-in", pytest.param("versitygw", marks=pytest.mark.slow)])
def there(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Yield an empty store."""
    with place(request.param, tmp_path, monkeypatch) as opened:
        yield opened


@trial(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(chunks=st.lists(st.binary(max_size=50), max_size=10))
def test_what_is_put_is_read(there: Place, chunks: list[bytes]) -> None:
    """Whatever the pieces, the reference names size and hash of the whole, and a read gives it back."""
    whole = b"".join(chunks)
    ref = there.store.put(chunks, PDF)

    assert (digest(whole), len(whole), PDF) == (ref.sha256, ref.size, ref.media_type)
    assert whole == there.store.read(ref.sha256) == b"".join(there.store.pieces(ref.sha256))


def test_content_lies_at_ab_abcd(there: Place) -> None:
    """The layout is part of the interface: two hex digits, then the whole name; nothing else is left behind."""
    there.store.put([b"x"], PDF)

    assert [name(b"x")] == there.names()


def test_large_content_comes_and_goes_whole(there: Place) -> None:
    """More than one part of an upload: put, read and lent are the same bytes, and pieces are pieces."""
    ref = there.store.put(BytesIO(LARGE), PDF)

    assert (digest(LARGE), len(LARGE)) == (ref.sha256, ref.size)
    assert [name(LARGE)] == there.names()
    assert LARGE == there.store.read(ref.sha256)
    assert 2 <= len([*there.store.pieces(ref.sha256)])
    with there.store.lend(ref.sha256) as path:
        assert LARGE == path.read_bytes()


def test_content_cut_short_is_mended_by_the_next_put(there: Place) -> None:
    """What somebody or a broken disk shortened is replaced."""
    ref = there.store.put([b"whole"], PDF)
    there.lay(name(b"whole"), b"wh")
    there.store.put([b"whole"], PDF)

    assert b"whole" == there.store.read(ref.sha256)


@pytest.mark.parametrize("half", [b"half", LARGE])
def test_a_put_that_fails_leaves_nothing(there: Place, half: bytes) -> None:
    """The source breaks in the middle, before the first part or behind the second: nothing is to be seen."""

    def breaks() -> Iterator[bytes]:
        yield half
        raise OSError("connection lost")

    with pytest.raises(OSError, match="connection lost"):
        there.store.put(breaks(), PDF)

    assert [] == there.names()


def test_a_file_is_read_in_pieces_not_lines(there: Place) -> None:
    """A file object of one long line is taken in pieces of a megabyte: memory stays constant."""

    class Watched(BytesIO):
        asked: list[int | None]

        def read(self, size: int | None = -1, /) -> bytes:
            self.asked.append(size)
            return super().read(size)

    source = Watched(b"x" * (CHUNK + 1))
    source.asked = []
    ref = there.store.put(source, PDF)

    assert CHUNK + 1 == ref.size
    assert [CHUNK] * 3 == source.asked


def test_missing_content_has_a_code(there: Place) -> None:
    """Nothing under this hash, however it is asked for."""
    wanted = digest(b"?")
    with pytest.raises(ContentMissingError) as caught:
        there.store.read(wanted)
    with pytest.raises(ContentMissingError):
        next(iter(there.store.pieces(wanted)))
    with pytest.raises(ContentMissingError), there.store.lend(wanted):
        pass

    assert "CONTENT_MISSING" == caught.value.code
    assert not there.store.exists(wanted)


def test_changed_content_is_noticed(there: Place) -> None:
    """One byte differs: never handed out."""
    ref = there.store.put([b"genuine"], PDF)
    there.lay(name(b"genuine"), b"genuinE")
    with pytest.raises(ContentCorruptError) as caught:
        there.store.read(ref.sha256)

    assert "CONTENT_CORRUPT" == caught.value.code
    assert there.store.exists(ref.sha256)


def test_a_read_stops_at_its_limit(there: Place) -> None:
    """Content larger than the reader allows is refused; exactly the limit passes."""
    ref = there.store.put([b"12345"], PDF)

    assert b"12345" == there.store.read(ref.sha256, limit=5)
    with pytest.raises(ContentCorruptError, match="larger than 4 bytes"):
        there.store.read(ref.sha256, limit=4)


@pytest.mark.parametrize(
    "wanted", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 65, "\N{ARABIC-INDIC DIGIT ONE}" * 64]
)
def test_no_name_becomes_a_path(there: Place, wanted: str) -> None:
    """Only 64 lower-case hex digits are a name."""
    with pytest.raises(ContentMissingError):
        there.store.read(wanted)
    with pytest.raises(ContentMissingError), there.store.lend(wanted):
        pass
    with pytest.raises(ContentMissingError):
        there.store.exists(wanted)


def test_chunks_of_a_file_are_bounded(tmp_path: Path) -> None:
    """A file comes in pieces of at most a megabyte that make the whole."""
    (tmp_path / "big").write_bytes(b"x" * (2 * CHUNK + 7))

    assert [CHUNK, CHUNK, 7] == [len(chunk) for chunk in chunks_of(tmp_path / "big")]
