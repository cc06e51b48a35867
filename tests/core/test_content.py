"""The content store: complete, verified bytes under their SHA-256, or an error with a code."""

import hashlib
import os
import stat
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.content import CHUNK, ContentCorruptError, ContentMissingError, DirectoryStore, chunks_of

PDF = "application/pdf"


def digest(content: bytes) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(content).hexdigest()


def files(folder: Path) -> list[str]:
    """Return every file below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@given(chunks=st.lists(st.binary(max_size=50), max_size=10))
def test_what_is_put_is_read(tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]) -> None:
    """Whatever the pieces, the reference names size and hash of the whole, and a read gives it back."""
    store = DirectoryStore(tmp_path_factory.mktemp("content"))
    whole = b"".join(chunks)
    ref = store.put(chunks, PDF)

    assert (digest(whole), len(whole), PDF) == (ref.sha256, ref.size, ref.media_type)
    assert whole == store.read(ref.sha256)


def test_content_lies_at_ab_abcd(tmp_path: Path) -> None:
    """The layout is part of the interface: two hex digits, then the whole name; nothing else is left behind."""
    ref = DirectoryStore(tmp_path).put([b"x"], PDF)

    assert [f"{ref.sha256[:2]}/{ref.sha256}"] == files(tmp_path)


def test_existing_content_is_not_rewritten(tmp_path: Path) -> None:
    """The second put of the same bytes leaves the very same file."""
    store = DirectoryStore(tmp_path)
    ref = store.put([b"x"], PDF)
    before = store.path(ref.sha256).stat()
    store.put([b"x"], PDF)

    assert before.st_ino == store.path(ref.sha256).stat().st_ino


def test_content_cut_short_is_mended_by_the_next_put(tmp_path: Path) -> None:
    """A file that a broken disk shortened is replaced."""
    store = DirectoryStore(tmp_path)
    ref = store.put([b"whole"], PDF)
    store.path(ref.sha256).write_bytes(b"wh")
    store.put([b"whole"], PDF)

    assert b"whole" == store.read(ref.sha256)


def test_a_put_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """The source breaks in the middle: no content, no temporary file."""

    def breaks() -> Iterator[bytes]:
        yield b"half"
        raise OSError("connection lost")

    with pytest.raises(OSError, match="connection lost"):
        DirectoryStore(tmp_path).put(breaks(), PDF)

    assert [] == files(tmp_path)


def test_bytes_and_folders_are_synced_before_put_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut after put must not lose it: the file, its folder and the folder above are synced, the file first."""
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    DirectoryStore(tmp_path).put([b"x"], PDF)

    assert ["file", "folder", "folder"] == synced


def test_a_file_is_read_in_pieces_not_lines(tmp_path: Path) -> None:
    """A file object of one long line is taken in pieces of a megabyte: memory stays constant."""

    class Watched(BytesIO):
        asked: list[int | None]

        def read(self, size: int | None = -1, /) -> bytes:
            self.asked.append(size)
            return super().read(size)

    source = Watched(b"x" * (CHUNK + 1))
    source.asked = []
    ref = DirectoryStore(tmp_path).put(source, PDF)

    assert CHUNK + 1 == ref.size
    assert [CHUNK] * 3 == source.asked


def test_missing_content_has_a_code(tmp_path: Path) -> None:
    """Nothing under this hash."""
    with pytest.raises(ContentMissingError) as caught:
        DirectoryStore(tmp_path).read(digest(b"?"))

    assert "CONTENT_MISSING" == caught.value.code


def test_changed_content_is_noticed(tmp_path: Path) -> None:
    """One byte differs: never handed out."""
    store = DirectoryStore(tmp_path)
    ref = store.put([b"genuine"], PDF)
    store.path(ref.sha256).write_bytes(b"genuinE")
    with pytest.raises(ContentCorruptError) as caught:
        store.read(ref.sha256)

    assert "CONTENT_CORRUPT" == caught.value.code


def test_a_read_stops_at_its_limit(tmp_path: Path) -> None:
    """Content larger than the reader allows is refused; exactly the limit passes."""
    store = DirectoryStore(tmp_path)
    ref = store.put([b"12345"], PDF)

    assert b"12345" == store.read(ref.sha256, limit=5)
    with pytest.raises(ContentCorruptError, match="larger than 4 bytes"):
        store.read(ref.sha256, limit=4)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 65, "\N{ARABIC-INDIC DIGIT ONE}" * 64]
)
def test_no_name_becomes_a_path(tmp_path: Path, name: str) -> None:
    """Only 64 lower-case hex digits are a name."""
    with pytest.raises(ContentMissingError):
        DirectoryStore(tmp_path).path(name)


def test_chunks_of_a_file_are_bounded(tmp_path: Path) -> None:
    """A file comes in pieces of at most a megabyte that make the whole."""
    (tmp_path / "big").write_bytes(b"x" * (2 * CHUNK + 7))

    assert [CHUNK, CHUNK, 7] == [len(chunk) for chunk in chunks_of(tmp_path / "big")]
