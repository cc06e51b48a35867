"""The collections come out of source packages: fetched by pip against their hashes, unpacked beside the other downloads, never committed."""

import fcntl
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from infra.settings import Settings

LOCK = Path(__file__).with_name("sources.lock")
FOLDERS = {
    "pyhanko": "pyhanko-0.38.0/pyhanko_testing_commons/test_data/data",
    "signxml": "signxml-5.2.0/test",
    "defusedxml": "defusedxml-0.7.1/xmltestdata",
}
KINDS = frozenset({".pdf", ".xml", ".xsl", ".txt", ".tmpl"})
TRIES = 2


class NoCorporaError(Exception):
    """The packages cannot be fetched."""


def files() -> Iterator[tuple[str, Path]]:
    """Yield (name, place) of every file of the collections, fetching them first; raises `NoCorporaError`."""
    home = _unpacked()
    for corpus, folder in FOLDERS.items():
        root = home / folder
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix in KINDS:
                yield f"{corpus}/{path.relative_to(root)}", path


def _unpacked() -> Path:
    home = Settings.load().var / "corpora"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test workers ask at the same time
        if not (home / "complete").exists():
            _fetch(home)
            (home / "complete").touch()
    return home


def _fetch(home: Path) -> None:
    packed = home / "packed"
    shutil.rmtree(packed, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        ":all:",
        "--require-hashes",
    ]
    asked = [*command, "--dest", str(packed), "--requirement", str(LOCK)]
    for _ in range(TRIES):
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if not done.returncode:
            break
    else:
        raise NoCorporaError(done.stderr.strip()[-500:])
    for archive in packed.iterdir():
        with tarfile.open(archive) as members:
            members.extractall(home, filter="data")
