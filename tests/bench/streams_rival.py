"""The Kafka Streams rival: its jars by a lock of their own, compiled by the JDK of this machine; without one it is left out."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from infra.kafka.jars import JarSources, find_jars
from infra.kafka.java import find_java
from infra.settings import Settings
from processors.routing.plan import plan
from schemas.reference import Reference
from tests.bench.contenders import SECONDS, Contender
from tests.bench.events import PROVINCE, RECIPIENTS, envelope
from tests.reference_files import present

HERE = Path(__file__).parent / "streams"
LOCK = HERE / "streams-4.3.1.lock"
SCHEMAS = HERE.parents[2] / "schemas"
COMPILER = "jdk.compiler"
DAY = date(2026, 11, 23)
GUARANTEES = {"at_least_once": "Kafka Streams, at least once", "exactly_once_v2": "Kafka Streams, exactly once"}


def has_compiler(settings: Settings) -> bool:
    """Tell whether this machine's Java is a JDK."""
    said = subprocess.run(
        [find_java(settings.java_home), "--list-modules"], capture_output=True, text=True, check=False
    )
    return any(line.startswith(COMPILER) for line in said.stdout.splitlines())


def compiled(settings: Settings, folder: Path) -> str:
    """Compile the rival; return its class path."""
    found = Path(find_jars(replace(JarSources.of(settings), libs=None), LOCK)).parent
    jars = os.pathsep.join(map(str, sorted(found.glob("*.jar"))))  # the compiler takes no `*` when started as a module
    java, sources = find_java(settings.java_home), sorted(map(str, HERE.glob("*.java")))
    javac = [java, "--module", f"{COMPILER}/com.sun.tools.javac.Main", "-nowarn", "-d", str(folder), "-cp", jars]
    subprocess.run([*javac, *sources], check=True, capture_output=True)
    return f"{folder}:{jars}"


def contender(
    work: str, guarantee: str, records: int, settings: Settings, reference: Reference, *, source: str, class_path: str
) -> Contender:
    """Return one thread of Kafka Streams that does `route` or `sla`."""
    folder = settings.var / "streams"
    folder.mkdir(parents=True, exist_ok=True)
    given = folder / f"{work}-{guarantee}.json"
    table = ways(reference) if work == "route" else clerks(reference)
    common = {
        "records": records,
        "prefix": settings.topic_prefix,
        "bootstrap": settings.kafka_bootstrap,
        "source": source,
        "schemas": str(SCHEMAS),
        "state": str(folder),
        "guarantee": guarantee,
        "seconds": SECONDS,
    }
    given.write_text(json.dumps({**common, **table}, ensure_ascii=False), encoding="utf-8")
    java = [find_java(settings.java_home), "-Xmx1g", "-cp", class_path, "Streams", work, str(given)]
    return Contender(name=GUARANTEES[guarantee], argv=[*java, "{run}"])


def ways(reference: Reference) -> Mapping[str, Any]:
    """Return what the rules say of each recipient, as a finished table: the rival looks up what our core works out."""
    directory = present(reference.directory)
    sender = present(directory.agency(PROVINCE, DAY))
    found = plan(replace(envelope(0), recipients=RECIPIENTS), sender, reference, DAY).reachable()
    rows = {
        way.addressed[0]: {
            "recipient": way.recipient,
            "endpoint": way.endpoint,
            "endpoint_owner": way.endpoint_owner,
            "mode": way.mode,
            "hops": way.hops,
            "rule": way.rule,
        }
        for way in found.deliveries
    }
    return {"ways": rows, "versions": dict(reference.versions)}


def clerks(reference: Reference) -> Mapping[str, Any]:
    """Return whom an incoming document is told to, agency by agency."""
    contacts = present(reference.contacts)
    fields: Sequence[str] = ("organ_id", "role", "name", "mailbox", "mobile")
    told = {
        recipient: [{name: getattr(each, name) for name in fields} for each in contacts.find(recipient, "clerk", DAY)]
        for recipient in RECIPIENTS
    }
    return {"clerks": told, "versions": dict(reference.versions)}
