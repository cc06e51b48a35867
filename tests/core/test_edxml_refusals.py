"""What the reader refuses in frame and header: each with its code, and the element named."""

import pytest

from schemas.edxml import Limits, Refusal, read_packet
from tests.core.edxml_packets import DOCUMENT, NOW, SECRECY, STATUS, Reader, changed, emptied, removed, tag

SUBJECT = DOCUMENT.partition("<edXML:Subject>")[2].partition("<")[0]
SIGNED = "      <Signature"
HEALTH = "000.00.17.H53"
OWN_ID = "000.00.00.H53,2026/11/23,1234/UBND-KSTT"
UPDATE = tag("BussinessDocType", "2") + tag("DocumentId", OWN_ID)


def receivers(*listed: tuple[str, str]) -> str:
    """Return what an update says of receivers that change."""
    every = "".join(tag("Receiver", tag("OrganId", code) + tag("ReceiverType", kind)) for code, kind in listed)
    return tag("BussinessDocumentInfo", tag("DocumentReceiver", "1") + tag("ReceiverList", every))


TYPE, REASON = tag("BussinessDocType", "0"), tag("BussinessDocReason", "Văn bản điện tử mới")


@pytest.mark.parametrize(
    ("element", "pair"),
    [
        ("From/OrganId", removed("OrganId")),
        ("From/OrganName", emptied("OrganName")),
        ("To/OrganName", (tag("OrganName", "Văn phòng Chính phủ"), "")),
        ("MessageHeader/DocumentId", emptied("DocumentId")),
        ("Code/CodeNumber", removed("CodeNumber")),
        ("Code/CodeNumber", removed("Code")),
        ("Code/CodeNotation", emptied("CodeNotation")),
        ("PromulgationInfo/Place", removed("Place")),
        ("PromulgationInfo/PromulgationDate", emptied("PromulgationDate")),
        ("DocumentType/Type", removed("Type")),
        ("DocumentType/TypeName", emptied("TypeName")),
        ("MessageHeader/Subject", emptied("Subject")),
        ("MessageHeader/Content", removed("Content")),
        ("edXMLHeader", removed("edXMLHeader")),
        ("edXMLEnvelope", removed("edXMLEnvelope")),
        ("edXMLManifest/Reference", removed("Reference")),
        ("Reference/ContentId", removed("ContentId")),
        ("Reference/AttachmentName", removed("AttachmentName")),
    ],
)
def test_what_must_be_there_is_named(reader: Reader, element: str, pair: tuple[str, str]) -> None:
    """Missing, or empty where it must hold something."""
    assert ("MISSING_FIELD", element) == reader.why(changed(DOCUMENT, pair))


def test_required_fields_are_an_argument(reader: Reader) -> None:
    """The official column was not readable: an operator may demand more, or less."""
    reader.path.write_text(changed(DOCUMENT, removed("DueDate"), removed("Subject")), encoding="utf-8")
    strict = read_packet(reader.path, limits=Limits(), now=NOW, secrecy=SECRECY, required={"DueDate": True})
    lenient = read_packet(reader.path, limits=Limits(), now=NOW, secrecy=SECRECY, required={})

    assert isinstance(strict, Refusal)
    assert ("MISSING_FIELD", "MessageHeader/DueDate") == (strict.code, strict.element)
    assert not isinstance(lenient, Refusal)


@pytest.mark.parametrize(
    ("element", "pair"),
    [
        ("MessageHeader/Subject", (tag("Subject", SUBJECT), tag("Subject", SUBJECT) * 2)),
        ("From/OrganId", (tag("OrganId", "000.00.00.H53"), tag("OrganId", "000.00.00.H53") * 2)),
        ("edXMLEnvelope/edXMLBody", ("<edXML:edXMLBody>", "<edXML:edXMLBody/><edXML:edXMLBody>")),
        ("edXML/AttachmentEncoded", ("  <AttachmentEncoded>", "<edXML:AttachmentEncoded/><AttachmentEncoded>")),
        ("TraceHeaderList/Bussiness", ("<edXML:Bussiness>", "<edXML:Business/><edXML:Bussiness>")),
        ("edXMLHeader/Signature", (SIGNED, '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>' + SIGNED)),
    ],
)
def test_a_single_element_comes_once(reader: Reader, element: str, pair: tuple[str, str]) -> None:
    """Whoever takes the first reads another document than who takes the last."""
    assert ("BAD_VALUE", element) == reader.why(changed(DOCUMENT, pair))


@pytest.mark.parametrize("inside", ["<!-- x -->", "<?x y?>", "<![CDATA[a]]><!---->"])
@pytest.mark.parametrize("name", ["Subject", "DocumentId", "OrganId"])
def test_nothing_may_stand_inside_a_value(reader: Reader, name: str, inside: str) -> None:
    """Some libraries end the value there: never a cut value."""
    value = emptied(name)[0]
    text = changed(
        DOCUMENT,
        (
            value,
            value[:-25] + inside + value[-25:] if name == "Subject" else value.replace("00.H53", inside + "00.H53"),
        ),
    )

    assert ("BAD_VALUE", name) == reader.why(text)


def test_comments_between_elements_are_harmless(reader: Reader) -> None:
    """Before, between and behind."""
    text = changed(DOCUMENT, ("<edXML xmlns", "<!-- a --><?b c?><edXML xmlns"), ("<edXML:To>", "<!-- d --><edXML:To>"))

    assert reader.document(DOCUMENT).envelope == reader.document(text + "<!-- e -->").envelope


def test_an_element_inside_a_value_is_refused(reader: Reader) -> None:
    """A value is text."""
    assert ("BAD_VALUE", "Subject") == reader.why(
        changed(DOCUMENT, (tag("Subject", SUBJECT), tag("Subject", "a<b/>c")))
    )


@pytest.mark.parametrize(
    ("element", "pair"),
    [
        ("MessageHeader/DocumentId", (f"<edXML:DocumentId>{OWN_ID}", "<edXML:DocumentId>1234/UBND")),
        (
            "PromulgationInfo/PromulgationDate",
            (tag("PromulgationDate", "2026/11/23"), tag("PromulgationDate", "2026/02/30")),
        ),
        ("DueDate", (tag("DueDate", "2026/11/30"), tag("DueDate", "soon"))),
        ("DueDate", (tag("DueDate", "2026/11/30"), tag("DueDate", "30/11/26"))),
        ("OtherInfo/Priority", (tag("Priority", "1"), tag("Priority", "5"))),
        ("OtherInfo/Priority", (tag("Priority", "1"), tag("Priority", "-1"))),
        ("DocumentType/Type", (tag("Type", "2"), tag("Type", "²"))),
        ("BussinessDocType", (TYPE, tag("BussinessDocType", "4"))),
        ("Paper", (tag("Paper", "0"), tag("Paper", "2"))),
        ("To/OrganId", (tag("OrganId", "000.00.05.H53"), tag("OrganId", "000.00\n05.H53"))),
        ("To/OrganId", (tag("OrganId", "000.00.05.H53"), tag("OrganId", "H" * 65))),
        ("StatusCode", ("<edXML:DocumentId>", f"{tag('StatusCode', '03')}<edXML:DocumentId>")),
    ],
)
def test_a_value_that_cannot_be_meant_is_named(reader: Reader, element: str, pair: tuple[str, str]) -> None:
    """Tolerance ends where a reader would have to guess."""
    assert ("BAD_VALUE", element) == reader.why(changed(DOCUMENT, pair))


@pytest.mark.parametrize(
    ("code", "element", "pairs"),
    [
        ("MISSING_FIELD", "BussinessDocReason", [(TYPE, tag("BussinessDocType", "1")), (REASON, "")]),
        ("MISSING_FIELD", "Bussiness/DocumentId", [(TYPE, tag("BussinessDocType", "2"))]),
        ("MISSING_FIELD", "ReplacementInfo/DocumentId", [(TYPE, tag("BussinessDocType", "3"))]),
        (
            "BAD_VALUE",
            "Bussiness/DocumentId",
            [(TYPE, tag("BussinessDocType", "1") + tag("DocumentId", OWN_ID.replace("1234", "1235")))],
        ),
        ("BAD_VALUE", "Bussiness/DocumentId", [(TYPE, tag("BussinessDocType", "2") + tag("DocumentId", "old one"))]),
        ("MISSING_FIELD", "Receiver/ReceiverType", [(TYPE, UPDATE + receivers((HEALTH, "")))]),
        ("MISSING_FIELD", "Receiver/OrganId", [(TYPE, UPDATE + receivers(("", "1")))]),
        ("BAD_VALUE", "Receiver/ReceiverType", [(TYPE, UPDATE + receivers((HEALTH, "drop")))]),
        ("BAD_VALUE", "Receiver/ReceiverType", [(TYPE, UPDATE + receivers((HEALTH, "1"), (HEALTH, "0")))]),
    ],
)
def test_what_acts_on_another_document_says_which_and_why(
    reader: Reader, code: str, element: str, pairs: list[tuple[str, str]]
) -> None:
    """A recall that could mean two documents recalls none."""
    assert (code, element) == reader.why(changed(DOCUMENT, *pairs))


@pytest.mark.parametrize(
    ("code", "element", "pairs"),
    [
        ("MISSING_FIELD", "ResponseFor/Code", [(tag("Code", "1234/UBND-KSTT"), "")]),
        ("MISSING_FIELD", "ResponseFor/DocumentId", [(tag("DocumentId", OWN_ID), "")]),
        ("MISSING_FIELD", "StatusCode", [(tag("StatusCode", "03"), tag("StatusCode", ""))]),
        ("MISSING_FIELD", "From/OrganId", [(tag("OrganId", "000.21.31.H53"), "")]),
        (
            "MISSING_FIELD",
            "ResponseFor/OrganId",
            [(tag("OrganId", "000.00.00.H53"), ""), (tag("StatusCode", "03"), tag("StatusCode", "13"))],
        ),
        ("BAD_VALUE", "StatusCode", [(tag("StatusCode", "03"), tag("StatusCode", "0 3"))]),
        (
            "BAD_VALUE",
            "ResponseFor",
            [("<edXML:From>", f"<edXML:ResponseFor>{tag('Code', '1')}</edXML:ResponseFor><edXML:From>")],
        ),
        (
            "BAD_VALUE",
            "AttachmentEncoded",
            [
                (
                    "</edXML>",
                    f"<AttachmentEncoded><Attachment>{tag('ContentTransferEncoded', 'AAAA')}</Attachment></AttachmentEncoded></edXML>",
                )
            ],
        ),
    ],
)
def test_a_status_that_says_too_little_or_too_much(
    reader: Reader, code: str, element: str, pairs: list[tuple[str, str]]
) -> None:
    """Who, what, about which document: each once; and it carries no files."""
    assert (code, element) == reader.why(changed(STATUS, *pairs))
