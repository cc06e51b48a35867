"""The content store in a folder: what is on disk when a put returns, and what is left alone."""

import os
import stat
from pathlib import Path

import pytest

from infra.content import DirectoryStore

PDF = "application/pdf"


def test_existing_content_is_not_rewritten(tmp_path: Path) -> None:
    """The second put of the same bytes leaves the very same file."""
    store = DirectoryStore(tmp_path)
    ref = store.put([b"x"], PDF)
    before = store.path(ref.sha256).stat()
    store.put([b"x"], PDF)

    assert before.st_ino == store.path(ref.sha256).stat().st_ino


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
