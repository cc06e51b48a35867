"""Expressions of `redrive`: ids may be written as the packet writes them."""

import pytest

from processors.redriving.where import parse
from schemas.events import DocumentDispatched
from schemas.examples import load


@pytest.mark.parametrize("written", ["{id}", "{slashes}", '"{slashes}"', "{key}"])
def test_a_document_is_found_however_its_id_is_written(written: str) -> None:
    """Normalised as commands print it, with slashes as packets have it, in quotes, or by its key."""
    event = next(each.event for each in load() if isinstance(each.event, DocumentDispatched))
    slashes = event.document_id.replace("-", "/", 2)
    assert slashes != event.document_id

    text = written.format(id=event.document_id, slashes=slashes, key=event.document_key)
    assert parse(f"document={text}").holds(event)
    assert not parse(f"document!={text}").holds(event)
