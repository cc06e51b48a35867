"""Every sample packet, through the door: the outcome that `tests/samples/README.md` says, as far as the door decides it."""

from pathlib import Path

import pytest

from infra.settings import Settings
from schemas.events import DocumentRefused, DocumentSubmitted, StatusSubmitted
from tests.connectors.doorway import Doorway, at_hand, intake, prepare

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PROVINCE, COMMUNE = "000.00.00.H53", "000.21.31.H53"
REFUSED = {
    "xxe": "DTD_FORBIDDEN",
    "billion-laughs": "DTD_FORBIDDEN",
    "zip-bomb": "RESOURCE_LIMIT",
    "attachment-name-mismatch": "ATTACHMENT_NAME_MISMATCH",
    "attachment-path-traversal": "ATTACHMENT_NAME_UNSAFE",
    "attachment-missing": "ATTACHMENT_MISSING",
    "duplicate-receivers": "DUPLICATE_RECEIVER",
    "missing-required": "MISSING_FIELD",
}
JUDGED_LATER = {"signature-wrapping", "signature-wrapping-honest-twin"}
"""What is wrong with a signature is the verifier's to say: the door takes these in."""

STATUSES = {"status": ("03", COMMUNE, PROVINCE), "status-13-take-back": ("13", PROVINCE, COMMUNE)}
NOTED = {
    "old-namespace": "old_namespace",
    "business-spelling": "business_spelling",
    "no-cid-prefix": "cid_one_sided",
    "trace-timestamp-dmy": "timestamp_dmy",
    "organid-short": "organ_id_short",
    "leading-bytes": "leading_bytes",
}
TYPES = {"bussiness-type-1-recall": 1, "bussiness-type-2-update": 2, "bussiness-type-3-replace": 3}


@pytest.fixture
def taken(settings: Settings) -> Doorway:
    """Return the door after every sample went through it, in the samples' own day."""
    prepare(settings)
    doorway = at_hand(settings)
    for sample in sorted(SAMPLES.rglob("*.edxml")):
        doorway.drop(sample.read_bytes(), sample.name)
    with intake(settings) as one:
        while one.round():
            pass
    return doorway


def test_every_sample_has_its_outcome(taken: Doorway) -> None:
    """Each file: accepted as what it is, or refused with the README's code; `xxe` and the path outside wrote nothing."""
    samples = {sample.stem: sample.parent.name for sample in SAMPLES.rglob("*.edxml")}
    receipts = {receipt["file"].removesuffix(".edxml"): receipt for receipt in taken.receipts()}
    expected = {
        name: REFUSED.get(name, "status" if name in STATUSES else "document")
        for name, folder in samples.items()
        if folder != "hostile" or name in {*REFUSED, *JUDGED_LATER}
    }

    assert samples.keys() == expected.keys()
    assert expected == {
        name: receipt["refusal"]["code"] if receipt["refusal"] else receipt["kind"]
        for name, receipt in receipts.items()
    }
    assert [] == list(taken.settings.var.rglob("3005.pdf"))


def test_what_the_samples_say_reaches_the_log(taken: Doorway) -> None:
    """Tolerances as notes, the acts of types 1 to 3, statuses with who said them to whom, three recipients resolved later."""
    names = {receipt["event_id"]: receipt["file"].removesuffix(".edxml") for receipt in taken.receipts()}
    found = {names[event.event_id]: event for event in taken.events()}
    documents = {name: event for name, event in found.items() if isinstance(event, DocumentSubmitted)}
    statuses = {name: event for name, event in found.items() if isinstance(event, StatusSubmitted)}

    assert (PROVINCE, 3) == (documents["document"].sender, len(documents["document"].envelope.recipients))
    assert {name: note for name, note in NOTED.items() if note in documents[name].envelope.notes} == NOTED
    assert TYPES == {name: event.envelope.business_type for name, event in documents.items() if name in TYPES}
    assert STATUSES == {name: (each.code, each.said_by, each.addressed_to) for name, each in statuses.items()}
    assert {documents["document"].document_key} == {each.document_key for each in statuses.values()}
    refused = [event for event in found.values() if isinstance(event, DocumentRefused)]
    assert {event.sha256 for event in refused} == {event.key for event in refused}
