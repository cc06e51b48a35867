"""Kafka's jars: a folder of your own (KAFKA_LIBS), a local Maven repository, or exact coordinates downloaded against the hash lock."""

import fcntl
import hashlib
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.durable import write_atomically
from infra.errors import EnvironmentFaultError
from infra.kafka.maven import local_repository
from infra.settings import Settings

LOCK = Path(__file__).with_name("kafka-4.3.1.lock")
"""`group:artifact:version sha256:…`, one jar a line; written once from a full resolution."""

AT_ONCE = 8
TRIES = 3
SECONDS = 60
"""Of one request."""

SAY_EVERY = 20
MEND = "check network, proxy and CA settings (as for pip), or set LIENTHONG_MAVEN_MIRROR or KAFKA_LIBS"


class NoJarsError(EnvironmentFaultError):
    """The jars cannot be had; `mend` says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """File name."""
        return f"{self.artifact}-{self.version}.jar"

    def below(self, repository: Path) -> Path:
        """Return where a Maven repository keeps it."""
        return Path(repository, *self.group.split("."), self.artifact, self.version, self.name)


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"lienthong: {text}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class JarSources:
    """Where jars may come from."""

    cache: Path = Path("var/kafka/libs")
    libs: Path | None = None
    """A complete folder; nothing else is looked at."""

    maven_repository: Path | None = None
    """None: as in ~/.m2."""

    mirror: str = ""
    """URL instead of the public repository."""

    say: Callable[[str], None] = _to_stderr

    @classmethod
    def of(cls, settings: Settings) -> "JarSources":
        """Take the sources from the settings."""
        return cls(
            cache=settings.jar_folder,
            libs=settings.kafka_libs,
            maven_repository=settings.maven_repository,
            mirror=settings.maven_mirror,
        )


def locked_jars(lock: Path = LOCK) -> list[Jar]:
    """Read the lock."""
    jars = []
    for line in filter(None, map(str.strip, lock.read_text().split("\n"))):
        where, digest = line.split()
        group, artifact, version = where.split(":")
        jars.append(Jar(group=group, artifact=artifact, version=version, sha256=digest.removeprefix("sha256:")))
    return jars


def cached(sources: JarSources, lock: Path = LOCK) -> Path:
    """Return the folder for exactly this lock's jars: another lock gets another folder, so no stranger joins the class path."""
    return sources.cache / f"{lock.stem}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"


def at_hand(sources: JarSources, lock: Path = LOCK) -> bool:
    """Tell whether the class path is complete without a download or copy."""
    if sources.libs is not None:
        return any(sources.libs.glob("kafka_2.13-*.jar"))
    return (cached(sources, lock) / "complete").exists()


def find_jars(sources: JarSources, lock: Path = LOCK) -> str:
    """Return the class path; what is not at hand is copied or downloaded into the cache and checked against its hash."""
    if sources.libs is not None:
        if not at_hand(sources):
            raise NoJarsError(
                f"KAFKA_LIBS={sources.libs} holds no kafka_2.13 jar", "name a folder with all jars of Kafka 4.3.1"
            )
        return str(sources.libs / "*")
    folder = cached(sources, lock)
    if not at_hand(sources, lock):
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("ab") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # two starts at once: the second one finds all done
            if not at_hand(sources, lock):
                _gather(locked_jars(lock), folder, sources)
    return str(folder / "*")


def _gather(jars: list[Jar], folder: Path, sources: JarSources) -> None:
    repository = sources.maven_repository or local_repository()
    missing = [
        jar for jar in jars if not _sound(folder / jar.name, jar) and not _take(jar.below(repository), jar, folder)
    ]
    sources.say(f"Kafka's jars: {len(jars) - len(missing)} at hand, {len(missing)} to download (55 MB in all)")
    started = time.monotonic()
    if missing:
        _download_all(missing, folder, sources)
        sources.say(f"Kafka's jars: complete after {time.monotonic() - started:.0f} s, every hash as locked")
    write_atomically(folder / "complete", b"", sync=True)


def _download_all(jars: list[Jar], folder: Path, sources: JarSources) -> None:
    context = _context(folder / "downloads", sources.mirror)
    threads = ThreadPoolExecutor(AT_ONCE)
    try:
        waiting = [threads.submit(_download, jar, folder, context) for jar in jars]
        for count, done in enumerate(as_completed(waiting), start=1):
            done.result()
            if count % SAY_EVERY == 0:
                sources.say(f"Kafka's jars: {count} of {len(jars)}")
    finally:
        threads.shutdown(cancel_futures=True)
    shutil.rmtree(folder / "downloads", ignore_errors=True)


def _download(jar: Jar, folder: Path, context: Any) -> None:
    why = "the file has another hash than the locked one"
    for _ in range(TRIES):
        try:
            found = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        except (OSError, RuntimeError, ValueError) as exc:  # requests' errors are OSErrors
            why = f"{type(exc).__name__}: {exc}"
            continue
        if _take(found, jar, folder):
            return
        found.unlink(missing_ok=True)
    raise NoJarsError(f"{jar.name} cannot be had: {why}", MEND)


def _context(cache: Path, mirror: str) -> Any:
    """Return a downloader; exact coordinates only, because its own transitive resolution picks other versions."""
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415 - comes with the `broker` extra, needed for downloads only
    except ImportError:
        raise NoJarsError(
            "Kafka's jars are not at hand", "run `make setup`, or set KAFKA_LIBS to a folder of them"
        ) from None
    return MavenContext(repo_cache=cache, remote_repos={"mirror": mirror} if mirror else None, timeout=SECONDS)


def _take(found: Path, jar: Jar, folder: Path) -> bool:
    """Copy a file that is the jar; tell whether it is."""
    if not _sound(found, jar):
        return False
    write_atomically(folder / jar.name, found.read_bytes())
    return True


def _sound(path: Path, jar: Jar) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256
