"""The rivals in Java are compiled by the JDK of this machine, against jars by a lock of their own."""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from infra.kafka.jars import JarSources, find_jars
from infra.kafka.java import find_java
from infra.settings import Settings

COMPILER = "jdk.compiler"


def has_compiler(settings: Settings) -> bool:
    """Tell whether this machine's Java is a JDK."""
    said = subprocess.run(
        [find_java(settings.java_home), "--list-modules"], capture_output=True, text=True, check=False
    )
    return any(line.startswith(COMPILER) for line in said.stdout.splitlines())


def compiled(sources: Iterable[Path], lock: Path, settings: Settings, folder: Path) -> str:
    """Compile sources into a folder; return the class path to run them with."""
    found = Path(find_jars(replace(JarSources.of(settings), libs=None), lock)).parent
    jars = os.pathsep.join(map(str, sorted(found.glob("*.jar"))))  # the compiler takes no `*` when started as a module
    javac = [find_java(settings.java_home), "--module", f"{COMPILER}/com.sun.tools.javac.Main", "-nowarn"]
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([*javac, "-d", str(folder), "-cp", jars, *map(str, sources)], check=True, capture_output=True)
    return f"{folder}{os.pathsep}{jars}"
