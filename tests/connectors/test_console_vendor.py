"""Files of others in the tree are what their authors published: every one in a manifest with its SHA-256, licences beside them."""

import hashlib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "connectors" / "console" / "static" / "vendor", ROOT / "tests" / "connectors" / "vendor"]


def differing(folder: Path) -> list[str]:
    """Name files that are not what the manifest says, or are in one place only."""
    said = {each["file"]: each["sha256"] for each in yaml.safe_load((folder / "manifest.yaml").read_text())}
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name != "manifest.yaml"
    }
    return sorted(name for name in said.keys() | found.keys() if said.get(name) != found.get(name))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_files_of_others_are_untouched(folder: Path) -> None:
    """And nothing lies there that nobody named."""
    assert [] == differing(folder)
    assert list(folder.glob("LICENSE*"))


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    """One byte more."""
    for file in FOLDERS[0].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes() + (b" " if file.name == "uPlot.min.css" else b""))
    (tmp_path / "more.js").touch()

    assert ["more.js", "uPlot.min.css"] == differing(tmp_path)
