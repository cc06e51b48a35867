"""Finding Java and Kafka's jars: what is given first, and never a file whose hash is not the locked one."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.kafka import jars as jars_module
from infra.kafka.jars import LOCK, Jar, JarSources, NoJarsError, at_hand, cached, find_jars, locked_jars
from infra.kafka.java import NoJavaError, find_java
from infra.kafka.maven import local_repository

CONTENT = {"a": b"jar a", "b": b"jar b"}


class Origin:
    """Stands for the downloader: gives files by artifact, and remembers what was asked."""

    def __init__(self, folder: Path, content: Mapping[str, bytes | Exception]) -> None:
        self.folder, self.content = folder, content
        self.asked: list[str] = []

    def project(self, _group: str, artifact: str) -> "Origin":
        """Choose an artifact."""
        self.asked.append(artifact)
        return self

    def at_version(self, _version: str) -> "Origin":
        """Choose a version."""
        return self

    def artifact(self) -> "Origin":
        """Choose the jar."""
        return self

    def resolve(self) -> Path:
        """Return the file; raise what is planned."""
        artifact = self.asked[-1]
        content = self.content[artifact]
        if isinstance(content, Exception):
            raise content
        found = self.folder / f"{artifact}.download"
        found.write_bytes(content)
        return found


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """Write a lock of two jars."""
    path = tmp_path / "kafka.lock"
    path.write_text(
        "".join(f"org.x:{name}:1 sha256:{hashlib.sha256(content).hexdigest()}\n" for name, content in CONTENT.items())
    )
    return path


def sources(tmp_path: Path, **given: Path) -> JarSources:
    """Return sources that reach neither this machine's repository nor the network."""
    every = {"cache": tmp_path / "cache", "maven_repository": tmp_path / "no-repository", **given}
    return JarSources(**every, say=lambda _text: None)  # type: ignore[arg-type] # paths only


def downloads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: Mapping[str, bytes | Exception]) -> Origin:
    """Put an origin in the place of the downloader; one jar at a time."""
    origin = Origin(tmp_path, content)
    monkeypatch.setattr(jars_module, "_context", lambda _cache, _mirror: origin)
    monkeypatch.setattr(jars_module, "AT_ONCE", 1)
    return origin


def test_the_lock_names_every_jar_once() -> None:
    """92 jars with a SHA-256 each, Kafka itself among them in the version that we pin."""
    jars = locked_jars()

    assert 92 == len(jars) == len({jar.name for jar in jars})
    assert {64} == {len(jar.sha256) for jar in jars}
    assert "kafka_2.13-4.3.1.jar" in {jar.name for jar in jars}
    assert "4.3.1" in LOCK.name


def test_jars_are_downloaded_once(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first call gets both, the second finds them complete and asks for nothing."""
    origin = downloads(monkeypatch, tmp_path, CONTENT)
    first, second = find_jars(sources(tmp_path), lock), find_jars(sources(tmp_path), lock)

    assert first == second == str(cached(sources(tmp_path), lock) / "*")
    assert ["a", "b"] == sorted(origin.asked)
    assert CONTENT == {
        path.stem.removesuffix("-1"): path.read_bytes() for path in cached(sources(tmp_path), lock).glob("*.jar")
    }


def test_a_wrong_hash_is_never_taken(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The origin gives other bytes for one jar: tried three times, then refused; the class path is not complete."""
    origin = downloads(monkeypatch, tmp_path, {**CONTENT, "b": b"something else"})
    with pytest.raises(NoJarsError, match=r"b-1\.jar cannot be had: the file has another hash"):
        find_jars(sources(tmp_path), lock)

    assert 3 == origin.asked.count("b")
    assert not at_hand(sources(tmp_path), lock)
    assert not (cached(sources(tmp_path), lock) / "b-1.jar").exists()


def test_a_broken_download_is_taken_up_again(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network for the second jar: an error that says what to do; the next call asks for that one only."""
    downloads(monkeypatch, tmp_path, {**CONTENT, "b": OSError("no route to host")})
    with pytest.raises(NoJarsError, match="no route to host") as caught:
        find_jars(sources(tmp_path), lock)

    assert "KAFKA_LIBS" in caught.value.mend

    again = downloads(monkeypatch, tmp_path, CONTENT)
    find_jars(sources(tmp_path), lock)

    assert ["b"] == again.asked


def test_a_maven_repository_saves_the_download(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies sound in the local repository is copied; a spoilt file there is downloaded instead."""
    origin = downloads(monkeypatch, tmp_path, CONTENT)
    for name, content in (("a", CONTENT["a"]), ("b", b"spoilt")):
        path = Jar(group="org.x", artifact=name, version="1", sha256="").below(tmp_path / "m2")
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    find_jars(sources(tmp_path, maven_repository=tmp_path / "m2"), lock)

    assert ["b"] == origin.asked


def test_another_lock_has_another_folder(tmp_path: Path, lock: Path) -> None:
    """Jars of an older lock never join the class path of a newer one."""
    before = cached(sources(tmp_path), lock)
    lock.write_text(lock.read_text().replace(":1 ", ":2 "))

    assert before != cached(sources(tmp_path), lock)


def test_a_folder_of_ones_own_is_used_as_it_is(tmp_path: Path) -> None:
    """KAFKA_LIBS wins over everything; without Kafka in it, it is refused by name."""
    given = sources(tmp_path, libs=tmp_path)
    with pytest.raises(NoJarsError, match="KAFKA_LIBS"):
        find_jars(given)

    (tmp_path / "kafka_2.13-4.3.1.jar").touch()

    assert str(tmp_path / "*") == find_jars(given)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (None, ".m2/repository"),
        ("<settings/>", ".m2/repository"),
        ("<settings><localRepository>/srv/m2</localRepository></settings>", "/srv/m2"),
        (
            '<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0"><localRepository>${user.home}/m2</localRepository></settings>',
            "m2",
        ),
        ("<settings><localRepository>${env.REPO}</localRepository></settings>", ".m2/repository"),
        ("<settings><local", ".m2/repository"),
    ],
)
def test_mavens_settings_say_where_its_repository_is(tmp_path: Path, settings: str | None, expected: str) -> None:
    """`localRepository` where Maven would honour it and we can read it; else Maven's default."""
    (tmp_path / ".m2").mkdir()
    if settings is not None:
        (tmp_path / ".m2" / "settings.xml").write_text(settings)

    assert tmp_path / expected == local_repository(tmp_path)


def java(folder: Path, version: str) -> Path:
    """Write a program that calls itself a Java of this version; return its home."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    program.chmod(0o755)
    return folder


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away this machine's Java and pip's, and what was found before."""
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    find_java.cache_clear()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("version", ["17.0.15", "21", "25-ea"])
def test_a_new_java_is_taken(tmp_path: Path, version: str) -> None:
    """Whatever the form of its version."""
    assert str(tmp_path / "bin" / "java") == find_java(java(tmp_path, version))


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("version", ["1.8.0_402", "11.0.2", "nonsense"])
def test_an_old_java_is_named_and_refused(tmp_path: Path, version: str) -> None:
    """What was looked at, and how to get a newer one."""
    with pytest.raises(NoJavaError, match="JAVA_HOME: ") as caught:
        find_java(java(tmp_path, version))

    assert "make setup" in caught.value.mend


@pytest.mark.usefixtures("bare")
def test_an_old_java_home_does_not_hide_a_newer_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JAVA_HOME is 11, the one on PATH 17: the latter is used."""
    newer = java(tmp_path / "newer", "17")
    monkeypatch.setattr("shutil.which", lambda _name: str(newer / "bin" / "java"))

    assert str(newer / "bin" / "java") == find_java(java(tmp_path / "older", "11.0.1"))
