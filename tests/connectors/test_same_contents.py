"""Did you get this? By the digest of a packet or of its file, under whatever id it came; and what else holds the same files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from connectors.http.callers import Caller
from connectors.http.visible import visible
from connectors.register import story, tables, words
from infra.state.database import open_database
from schemas.events import Act, DocumentRelated
from schemas.ids import document_key, event_id
from tests.connectors import life
from tests.connectors.life import COMMUNE, DOCUMENT_ID, HEALTH, KEY, PROVINCE
from tests.connectors.test_register import write

FILES = "7" * 64
SECOND_ID = f"{PROVINCE},2026-11-24,1240/UBND-KSTT"
SECOND = document_key(PROVINCE, SECOND_ID)
OTHER_BYTES = replace(life.CONTENT, sha256="b" * 64)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Engine]:
    """Yield a register that knows a document, the same files under a second id, and the first packet's bytes under a second key."""
    engine = open_database(f"sqlite:///{tmp_path / 'r.sqlite'}", tables.METADATA)
    envelope = replace(life.ENVELOPE, contents_sha256=FILES)
    again = replace(envelope, document_id=SECOND_ID)
    own: dict[str, Any] = {"document_key": SECOND, "envelope": again, "content": OTHER_BYTES}
    link: dict[str, Any] = {"document_key": SECOND, "document_id": SECOND_ID, "sha256": OTHER_BYTES.sha256}
    asked = life.made(
        DocumentRelated, 9, "asked", subject=FILES, older_id="", act=Act.DELIVER, sender=PROVINCE, recipients=(), **link
    )
    linked = life.made(
        DocumentRelated,
        10,
        "linked",
        subject=KEY,
        older_id=DOCUMENT_ID,
        act=Act.DELIVER,
        sender=PROVINCE,
        recipients=(),
        **link,
    )
    moved = {"document_key": document_key(HEALTH, DOCUMENT_ID), "envelope": envelope, "sender": HEALTH}
    events = [
        life.submitted(envelope=envelope), life.signed(envelope=envelope), life.dispatched(),
        life.submitted(**own, event_id=event_id("second")), life.signed(**own, event_id=event_id("second signed")),
        life.dispatched(COMMUNE, document_key=SECOND, document_id=SECOND_ID, content=OTHER_BYTES, delivery_id=f"{SECOND}-{COMMUNE}"),
        asked, linked,
        life.submitted(**moved, event_id=event_id("moved")),
    ]  # fmt: skip
    write(engine, list(life.on_topics(events)))
    yield engine
    engine.dispose()


def by_digest(register: Engine, sha256: str) -> list[dict[str, Any]]:
    """Return the stories of a digest."""
    with register.connect() as connection:
        return story.by_digest(connection, sha256)


def test_a_packets_digest_answers_for_every_id_it_came_under(register: Engine) -> None:
    """Its own id, and a second key that it came under when its sender's code meant another agency."""
    found = by_digest(register, life.SHA256)

    assert {KEY, document_key(HEALTH, DOCUMENT_ID)} == {each["document_key"] for each in found}
    assert {life.SHA256} == {each["digest"] for each in found}


def test_a_files_digest_answers_for_every_packet_it_came_in(register: Engine) -> None:
    """Whatever id a retry used."""
    assert {DOCUMENT_ID, SECOND_ID} == {each["document_id"] for each in by_digest(register, FILES)}


def test_each_story_names_the_other(register: Engine) -> None:
    """The later one its first, the first one those that came later; people read it in the first lines."""
    stories = {each["document_key"]: each for each in by_digest(register, FILES)}
    first, later = stories[KEY], stories[SECOND]

    assert [("first", DOCUMENT_ID, KEY, PROVINCE)] == [tuple(each.values()) for each in later["same_contents"]]
    assert [("later", SECOND_ID, SECOND, PROVINCE)] == [tuple(each.values()) for each in first["same_contents"]]
    assert [] == stories[document_key(HEALTH, DOCUMENT_ID)]["same_contents"]
    assert f"cùng nội dung với văn bản đã chuyển trước đó {DOCUMENT_ID}" in words.story(later)
    assert f"same_contents {DOCUMENT_ID}" in [each["why"] for each in later["timeline"]]


def test_over_http_only_ones_own_documents_are_named(register: Engine) -> None:
    """A sender sees links between its documents; a recipient none."""
    found = by_digest(register, FILES)
    sender, recipient = (
        visible(found, Caller(name="x", agencies=frozenset({agency}))) for agency in (PROVINCE, HEALTH)
    )

    assert [1, 1] == [len(each["same_contents"]) for each in sender]
    others = [
        {**each, "same_contents": [{**link, "sender": HEALTH} for link in each["same_contents"]]} for each in found
    ]
    assert {0} == {
        len(each["same_contents"]) for each in visible(others, Caller(name="x", agencies=frozenset({PROVINCE})))
    }
    assert {0} == {len(each["same_contents"]) for each in recipient}
