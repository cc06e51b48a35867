"""The Kafka Streams rival: its jars by a lock of their own, compiled by the JDK of this machine; without one it is left out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from infra.kafka.java import find_java
from infra.settings import Settings
from processors.routing.plan import plan
from schemas.reference import Reference
from tests.bench.contenders import SECONDS, Contender
from tests.bench.events import PROVINCE, RECIPIENTS, envelope
from tests.bench.javac import compiled
from tests.reference_files import present

HERE = Path(__file__).parent / "streams"
LOCK = HERE / "streams-4.3.1.lock"
SCHEMAS = HERE.parents[2] / "schemas"
DAY = date(2026, 11, 23)
GUARANTEES = {"at_least_once": "Kafka Streams, at least once", "exactly_once_v2": "Kafka Streams, exactly once"}


def class_path(settings: Settings, folder: Path) -> str:
    """Compile the rival; return its class path."""
    return compiled(sorted(HERE.glob("*.java")), LOCK, settings, folder)


def contender(
    work: str,
    guarantee: str,
    records: int,
    settings: Settings,
    reference: Reference,
    *,
    source: str,
    class_path: str,
    opened: Mapping[str, Any] | None = None,
) -> Contender:
    """Return one thread of Kafka Streams that does `route` or `sla`; `opened`: how many deliveries it has open from the start."""
    folder = settings.var / "streams"
    folder.mkdir(parents=True, exist_ok=True)
    many = f", {opened['count']:,} open" if opened else ""
    given = folder / f"{work}-{guarantee}{many}.json"
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
        "clock": str(settings.clock_file.absolute()),
        **({"open": opened} if opened else {}),
    }
    given.write_text(json.dumps({**common, **table}, ensure_ascii=False), encoding="utf-8")
    java = [find_java(settings.java_home), "-Xmx1g", "-cp", class_path, "Streams", work, str(given)]
    return Contender(name=GUARANTEES[guarantee] + many, argv=[*java, "{run}"])


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
