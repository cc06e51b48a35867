"""What the verifier's judges are lent: a file, no file, or nothing because the store says nothing."""

from pathlib import Path

import pytest

from infra.content import ContentAwayError, DirectoryStore
from processors.topology import _lent


def test_a_missing_content_is_no_file(tmp_path: Path) -> None:
    """The document is held, with a reason, and tried again."""
    store = DirectoryStore(tmp_path)
    ref = store.put([b"packet"], "application/octet-stream")
    with _lent(store, ref.sha256) as path:
        assert b"packet" == path.read_bytes()
    store.path(ref.sha256).unlink()
    with pytest.raises(FileNotFoundError, match="CONTENT_MISSING"), _lent(store, ref.sha256):
        pass


def test_a_store_that_is_away_is_no_missing_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hold every document for want of an answer; so the process ends, as on a broken disk."""

    def away(*_: object) -> None:
        raise ContentAwayError("s3://contents/a: SlowDown")

    monkeypatch.setattr(DirectoryStore, "lend", away)
    with pytest.raises(ContentAwayError), _lent(DirectoryStore(tmp_path), "a" * 64):
        pass
