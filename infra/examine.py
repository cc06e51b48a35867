"""What can be wrong with this machine and its axis, looked at one by one; nothing is changed. `lienthong doctor` prints it."""

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from confluent_kafka import KafkaException

from infra.clock import ClockError, open_clock
from infra.content import ContentAwayError, ContentError, ContentMissingError, open_content
from infra.kafka import clients, provision
from infra.kafka.clients import NoBrokerError
from infra.kafka.jars import JarSources, at_hand
from infra.kafka.java import NoJavaError, find_java, java_version
from infra.pki import ages
from infra.published import announced
from infra.settings import Settings
from schemas.reference import KINDS, PackError, Reference, UnsoundReferenceError

OLDEST_PYTHON = (3, 11)
ROOM_BYTES = 1_000_000_000
"""Below this much free disk the broker and the content store are in danger."""

BROKER_SECONDS = 5.0
SOON = timedelta(days=30)
"""A trust anchor that ends within this span is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    ok: bool
    found: str
    mend: str = ""
    """What to do; empty where all is well."""


def everything(settings: Settings) -> Iterator[Finding]:
    """Yield the findings, the ground first: without a broker, what lies on it is not looked at."""
    yield _python()
    yield from _ground(settings)
    yield from _machine(settings)
    if settings.content_is_bucket:
        yield _bucket(settings)
    clock = _clock(settings)
    yield clock
    broker = _broker(settings)
    yield broker
    if broker.ok:
        yield from _topics(settings)
        yield from _reference(settings, open_clock(settings).now() if clock.ok else None)


def _python() -> Finding:
    ok = sys.version_info >= OLDEST_PYTHON
    return Finding(
        check="python", ok=ok, found=platform.python_version(), mend="" if ok else "use Python 3.11 or newer"
    )


def _ground(settings: Settings) -> Iterator[Finding]:
    there = settings.var.absolute()
    while not there.exists():
        there = there.parent
    writable = there.is_dir() and os.access(there, os.W_OK)
    mend = "" if writable else "set LIENTHONG_VAR to a folder you may write to"
    yield Finding(check="var", ok=writable, found=str(settings.var.absolute()), mend=mend)
    free = shutil.disk_usage(there).free
    mend = "" if free >= ROOM_BYTES else "free some disk, or set LIENTHONG_VAR to another one"
    yield Finding(check="disk", ok=free >= ROOM_BYTES, found=f"{free / 1e9:.1f} GB free", mend=mend)


def _bucket(settings: Settings) -> Finding:
    """Ask for what nobody ever stored: who may read is told that it is missing."""
    try:
        open_content(settings).read("0" * 64, limit=0)
    except ContentAwayError as exc:
        return Finding(check="contents", ok=False, found=str(exc), mend=exc.mend)
    except ContentMissingError:
        pass
    return Finding(check="contents", ok=True, found=settings.content_url)


def _machine(settings: Settings) -> Iterator[Finding]:
    if settings.kafka_bootstrap:
        yield Finding(check="java", ok=True, found="not needed: KAFKA_BOOTSTRAP names a cluster")
        return
    try:
        java = find_java(settings.java_home)
        yield Finding(check="java", ok=True, found=f"{java_version(java)} at {java}")
    except NoJavaError as exc:
        yield Finding(check="java", ok=False, found=str(exc), mend=exc.mend)
    sources = JarSources.of(settings)
    if at_hand(sources):
        yield Finding(check="jars", ok=True, found=str(settings.kafka_libs or settings.jar_folder))
    elif settings.kafka_libs is None and importlib.util.find_spec("jgo") is not None:
        yield Finding(check="jars", ok=True, found="will be downloaded at the first start (55 MB)")
    else:
        yield Finding(
            check="jars", ok=False, found="none", mend="run `make setup`, or set KAFKA_LIBS to a folder of them"
        )


def _clock(settings: Settings) -> Finding:
    try:
        clock = open_clock(settings)
        return Finding(check="clock", ok=True, found=f"{clock.mode}, {clock.now().isoformat(timespec='seconds')}")
    except ClockError as exc:
        return Finding(check="clock", ok=False, found=str(exc), mend=exc.mend)
    except OSError as exc:
        return Finding(
            check="clock", ok=False, found=f"{exc.filename}: {exc.strerror}", mend="set LIENTHONG_VAR to a folder"
        )


def _broker(settings: Settings) -> Finding:
    try:
        where = clients.bootstrap(settings)
        admin = clients.admin(settings, **clients.SILENT)
        brokers = len(admin.list_topics(timeout=BROKER_SECONDS).brokers)
    except NoBrokerError as exc:
        return Finding(check="broker", ok=False, found=str(exc), mend=exc.mend)
    except KafkaException as exc:
        mend = "check address, TLS and SASL settings (KAFKA_…), and that the cluster runs"
        return Finding(check="broker", ok=False, found=str(exc.args[0]), mend=mend)
    enough = brokers >= settings.replication
    mend = "" if enough else f"LIENTHONG_REPLICATION={settings.replication} needs as many brokers"
    return Finding(check="broker", ok=enough, found=f"{brokers} at {where}", mend=mend)


def _topics(settings: Settings) -> Iterator[Finding]:
    standings = provision.check(settings)
    wrong = [each for each in standings if not each.ok]
    for each in wrong:
        fixed = all(difference.mendable for difference in each.differences)
        mend = "lienthong topics apply" if fixed else "make the topic anew by hand: its keys would move"
        yield Finding(check=f"topic {each.topic}", ok=False, found="; ".join(map(str, each.differences)), mend=mend)
    if not wrong:
        yield Finding(check="topics", ok=True, found=f"{len(standings)} as topics.yaml says")


def _reference(settings: Settings, now: datetime | None) -> Iterator[Finding]:
    found_on_log = announced(settings)
    content = open_content(settings)
    for kind in KINDS:
        said = found_on_log.get(kind)
        if said is None:
            mend = f"lienthong reference publish {kind} PATH"
            yield Finding(check=f"reference {kind}", ok=False, found="never published", mend=mend)
            continue
        found = f"{said.version[:12]}, {said.occurred_at.isoformat(timespec='seconds')}"
        try:
            value = Reference().with_pack(kind, content.read(said.content.sha256))
        except (ContentError, ContentAwayError, PackError, UnsoundReferenceError) as exc:
            mend = "publish it again; is the content store the one of this axis?"
            yield Finding(check=f"reference {kind}", ok=False, found=f"{found}: {type(exc).__name__}: {exc}", mend=mend)
            continue
        yield Finding(check=f"reference {kind}", ok=True, found=found)
        if now is not None:
            yield from _ages(value, now)


def _ages(value: Reference, now: datetime) -> Iterator[Finding]:
    for each in ages.anchors(value.trust) if value.trust else ():
        mend = "" if each.ends_at > now + SOON else "publish a trust list with its successor"
        yield Finding(
            check=f"certificate {each.what}", ok=each.ends_at > now, found=f"until {each.ends_at:%Y-%m-%d}", mend=mend
        )
    for each in ages.newest_lists(value.crl) if value.crl else ():
        hours = (now - each.made_at) / timedelta(hours=1)
        ok = each.ends_at >= now
        mend = "" if ok else "fetch the newest list of this series and `lienthong reference publish crl PATH`"
        found = f"{hours:.0f} h old, next due {each.ends_at.isoformat(timespec='minutes')}"
        yield Finding(check=f"revocation list {each.what}", ok=ok, found=found, mend=mend)
