"""Fixtures of the core tests: files of a test's own, nothing else of a machine."""

from pathlib import Path

import pytest

from tests.core.edxml_packets import Reader


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Return a reader of edXML packets with a file of its own."""
    return Reader(tmp_path)
