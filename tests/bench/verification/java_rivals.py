"""The rivals in Java: jars by a lock of their own, compiled by the JDK of this machine; without one they are left out."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.errors import EnvironmentFaultError
from infra.kafka.java import NoJavaError, find_java
from infra.settings import Settings
from tests.bench.javac import compiled, has_compiler
from tests.bench.verification.contenders import PDF, PDFBOX
from tests.bench.verification.players import Entry

HERE = Path(__file__).parent / "java"
SHARED = "Turns"
WARM_SECONDS = 6.0
"""CPU time for each file until the compiler has seen enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaRival:
    """One of them."""

    name: str
    program: str
    lock: str


RIVALS = (
    JavaRival(name=PDFBOX, program="PdfBoxRival", lock="pdfbox-3.0.8.lock"),
    JavaRival(name="EU DSS", program="DssRival", lock="dss-6.4.lock"),
)


def java_entries(settings: Settings, world: Path, folder: Path, leave_out: Callable[[str], None]) -> Iterator[Entry]:
    """Compile and yield them; say who is left out and why."""
    for each in RIVALS:
        try:
            argv = (find_java(settings.java_home), "-Xmx1g", "-cp", _compiled(each, settings, folder / each.program))
        except EnvironmentFaultError as exc:
            leave_out(f"{each.name}: {exc}")
            continue
        yield Entry(
            name=each.name, argv=(*argv, each.program, str(world)), files=(PDF,), trusts=True, warm_seconds=WARM_SECONDS
        )


def java_versions(settings: Settings) -> dict[str, str]:
    """Return Java's version and the locks' names, which carry the rivals'."""
    try:
        said = subprocess.run([find_java(settings.java_home), "-version"], capture_output=True, text=True, check=True)
    except NoJavaError:
        return {}
    return {"java": said.stderr.split('"')[1], **{each.name: each.lock.removesuffix(".lock") for each in RIVALS}}


def _compiled(rival: JavaRival, settings: Settings, folder: Path) -> str:
    """Compile one; return its class path."""
    if not has_compiler(settings):
        raise NoJavaError("no JDK on this machine", "install one, or set JAVA_HOME")
    return compiled([HERE / f"{name}.java" for name in (SHARED, rival.program)], HERE / rival.lock, settings, folder)
