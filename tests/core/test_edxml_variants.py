"""Tolerances that the samples do not show: each reads the same values, each is a named note, and none goes further."""

from datetime import date

import pytest

from schemas.edxml.vocabulary import NS
from tests.core.edxml_packets import CONTENT_ID, DOCUMENT, STATUS, Reader, changed, tag

REFERENCE = f"<edXML:ContentId>cid:{CONTENT_ID}"
LINKED = f'<edXML:Link xlink:href="cid:{CONTENT_ID}"/>{REFERENCE}'
TO = tag("OrganId", "000.00.05.H53")
DUE = tag("DueDate", "2026/11/30")
PROMULGATED = tag("PromulgationDate", "2026/11/23")
OWN_ID = tag("DocumentId", "000.00.00.H53,2026/11/23,1234/UBND-KSTT")


@pytest.mark.parametrize(
    ("note", "pairs"),
    [
        ("xlink_unbound", [(REFERENCE, LINKED)]),
        ("old_spelling", [("<edXML:TyperNotation>NVA</edXML:TyperNotation>", tag("TypeNotation", "NVA"))]),
        ("frame_spelling", [("<edXML:edXMLBody>", "<edXML:EdXMLBody>"), ("</edXML:edXMLBody>", "</edXML:EdXMLBody>")]),
        ("date_dmy", [(DUE, tag("DueDate", "30/11/2026"))]),
        ("date_dmy", [(OWN_ID, tag("DocumentId", "000.00.00.H53,23/11/2026,1234/UBND-KSTT"))]),
        ("date_iso", [(DUE, tag("DueDate", "2026-11-30"))]),
        ("timestamp_iso", [(tag("Timestamp", "2026/11/23 08:15:30"), tag("Timestamp", "2026-11-23T01:15:30Z"))]),
        ("timestamp_unreadable", [(tag("Timestamp", "2026/11/23 08:15:30"), tag("Timestamp", "this morning"))]),
        ("placeholder", [(tag("PageAmount", "2"), ""), (tag("Priority", "1"), tag("Priority", "N/A"))]),
        ("type_is_ordinal", [(tag("Type", "2"), tag("Type", "18"))]),
        ("organ_id_unknown_form", [(TO, tag("OrganId", "000.1137.H53"))]),
        ("response_for_empty", [("<edXML:SteeringType>", "<edXML:ResponseFor/><edXML:SteeringType>")]),
        ("document_id_differs", [(tag("CodeNumber", "1234"), tag("CodeNumber", "1235"))]),
        ("value_too_long", [(tag("FullName", "Nguyễn Văn A"), tag("FullName", "A" * 51))]),
        ("business_missing", [(tag("BussinessDocType", "0"), "")]),
    ],
)
def test_a_tolerance_is_a_note(reader: Reader, note: str, pairs: list[tuple[str, str]]) -> None:
    """One thing is unusual, one note says so."""
    packet = reader.document(changed(DOCUMENT, *pairs))

    assert (note,) == packet.envelope.notes


def test_the_same_values_whatever_the_form(reader: Reader) -> None:
    """Namespace, spelling and form of dates change nothing that was said."""
    plain = reader.document(DOCUMENT).envelope
    odd = (
        DOCUMENT.replace(NS, "http://www.go.vn/eDoc")
        .replace("Bussiness", "Business")
        .replace("2026/11/23", "23/11/2026")
    )
    envelope = reader.document(odd).envelope

    assert plain.notes == ()
    assert {"old_namespace", "business_spelling", "date_dmy", "timestamp_dmy"} == set(envelope.notes)
    assert (plain.document_id, plain.promulgated_on, plain.due_on, plain.business_type) == (
        envelope.document_id,
        envelope.promulgated_on,
        envelope.due_on,
        envelope.business_type,
    )


def test_an_envelope_may_be_the_root(reader: Reader) -> None:
    """The old form: `EdXMLEnvelope` in the old namespace, the attachments inside."""
    old = changed(
        DOCUMENT.replace(NS, "http://www.go.vn/eDoc"),
        ("<edXML:edXMLEnvelope>", ""),
        ("</edXML:edXMLEnvelope>", ""),
        ("<edXML xmlns", "<EdXMLEnvelope xmlns"),
        ("</edXML>", "</EdXMLEnvelope>"),
    )
    packet = reader.document(old)

    assert {"old_namespace", "frame_spelling", "envelope_root"} == set(packet.envelope.notes)
    assert 1 == len(packet.attachments)


def test_elements_without_a_namespace_go_by_their_names(reader: Reader) -> None:
    """No namespace at all is noted; another one is nobody's business."""
    bare = DOCUMENT.replace(f' xmlns="{NS}" xmlns:edXML="{NS}"', "").replace("edXML:", "")
    foreign = changed(DOCUMENT, ("<edXML:DueDate>", '<x:Subject xmlns:x="urn:x">other</x:Subject><edXML:DueDate>'))

    assert ("no_namespace",) == reader.document(bare).envelope.notes
    assert reader.document(DOCUMENT).envelope == reader.document(foreign).envelope


@pytest.mark.parametrize(
    "text", ["2026-11-23T01:15:30Z", "2026-11-23T08:15:30.123", "2026/11/23 03:15:30+02:00", "23-11-2026 8:15:30"]
)
def test_a_moment_is_the_same_moment(reader: Reader, text: str) -> None:
    """Without an offset it is Vietnamese time; fractions are dropped."""
    stamp = tag("Timestamp", "2026/11/23 08:15:30")

    assert (
        reader.document(DOCUMENT).traced_at
        == reader.document(changed(DOCUMENT, (stamp, tag("Timestamp", text)))).traced_at
    )


def test_only_the_one_prefix_is_repaired(reader: Reader) -> None:
    """Another unbound prefix is not well-formed, beside xlink as well."""
    other = changed(DOCUMENT, (REFERENCE, LINKED.replace("xlink:href", "xling:href")))
    both = changed(DOCUMENT, (REFERENCE, LINKED.replace("<edXML:Link ", '<edXML:Link xling:type="simple" ')))

    assert ["XML_NOT_WELL_FORMED"] * 2 == [reader.refusal(each).code for each in (other, both)]


def test_child_order_is_not_validated(reader: Reader) -> None:
    """The standard's order is kept by nobody."""
    moved = changed(DOCUMENT, (OWN_ID, ""), ("<edXML:SteeringType>", f"{OWN_ID}<edXML:SteeringType>"))

    assert reader.document(DOCUMENT).envelope == reader.document(moved).envelope


def test_cdata_and_references_are_text(reader: Reader) -> None:
    """Another way to write the same value."""
    subject = DOCUMENT.partition("<edXML:Subject>")[2].partition("<")[0]
    written = changed(
        DOCUMENT,
        (f"<edXML:Subject>{subject}", f"<edXML:Subject><![CDATA[{subject[:9]}]]>&#x{ord(subject[9]):x};{subject[10:]}"),
    )

    assert subject == reader.document(written).envelope.subject


def test_the_leading_bytes_are_counted(reader: Reader) -> None:
    """64 are skipped, 65 are not, and nothing else is."""
    assert ("leading_bytes",) == reader.document("\n" * 64 + DOCUMENT).envelope.notes
    assert ("XML_NOT_WELL_FORMED", "") == reader.why("\n" * 65 + DOCUMENT)
    assert ("NOT_EDXML", "") == reader.why("x" + DOCUMENT)


@pytest.mark.parametrize(
    "declaration", ["", "<?xml version='1.0'?>", '<?xml version="1.0" encoding="utf-8" standalone="yes" ?>']
)
def test_a_declaration_is_optional_for_utf_8(reader: Reader, declaration: str) -> None:
    """As XML has it."""
    assert () == reader.document(declaration + DOCUMENT.partition("?>")[2].lstrip()).envelope.notes


def test_empty_values_of_wanted_elements_are_met(reader: Reader) -> None:
    """No due date, no priority, an empty content."""
    content = DOCUMENT.partition("<edXML:Content>")[2].partition("<")[0]
    envelope = reader.document(
        changed(DOCUMENT, (DUE, tag("DueDate", "")), (tag("Priority", "1"), ""), (content, ""))
    ).envelope

    assert (None, 0, ()) == (envelope.due_on, envelope.priority, envelope.notes)


def test_a_uuid_is_a_document_id(reader: Reader) -> None:
    """Met in the field; it says nothing that could differ."""
    envelope = reader.document(changed(DOCUMENT, (OWN_ID, tag("DocumentId", CONTENT_ID.upper())))).envelope

    assert (CONTENT_ID, ()) == (envelope.document_id, envelope.notes)


def test_a_date_may_be_a_day_ahead(reader: Reader) -> None:
    """Clocks differ; more than a day is refused."""
    ahead = changed(DOCUMENT, (PROMULGATED, tag("PromulgationDate", "2026/11/24")))
    further = changed(DOCUMENT, (PROMULGATED, tag("PromulgationDate", "2026/11/25")))

    assert date(2026, 11, 24) == reader.document(ahead).envelope.promulgated_on
    assert ("DATE_IN_FUTURE", "PromulgationInfo/PromulgationDate") == reader.why(further)


@pytest.mark.parametrize(
    ("note", "pairs"),
    [
        ("status_code_padded", [(tag("StatusCode", "03"), tag("StatusCode", "3"))]),
        ("addressee_missing", [(tag("OrganId", "000.00.00.H53"), "")]),
        ("response_for_empty", [("<edXML:From>", "<edXML:ResponseFor></edXML:ResponseFor><edXML:From>")]),
        ("timestamp_unreadable", [(tag("Timestamp", "2026/11/23 08:42:10"), tag("Timestamp", "2026/13/23 08:42:10"))]),
        ("timestamp_dmy", [(tag("Timestamp", "2026/11/23 08:42:10"), tag("Timestamp", "23/11/2026 08:42:10"))]),
    ],
)
def test_a_status_has_its_tolerances(reader: Reader, note: str, pairs: list[tuple[str, str]]) -> None:
    """One thing is unusual, one note says so, and the code is what it was."""
    packet = reader.status(changed(STATUS, *pairs))

    assert ("03", (note,)) == (packet.code, packet.notes)


def test_an_unknown_status_code_is_a_fact(reader: Reader) -> None:
    """It is kept; what it means is for others to say."""
    assert "14" == reader.status(changed(STATUS, (tag("StatusCode", "03"), tag("StatusCode", "14")))).code
