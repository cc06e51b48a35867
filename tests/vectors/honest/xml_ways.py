"""XML signatures as offices and their tools make them, each in a packet; all must pass; the list is published in docs/honest.md."""

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from tests.vectors.attacks.messages import HONEST, made, person
from tests.vectors.attacks.vector import File
from tests.vectors.scene import HOUR, NOON
from tests.vectors.xml_hand import ENVELOPED, XADES, Element
from tests.vectors.xml_letters import (
    LETTER,
    SHEET,
    beside_the_content,
    detached,
    ended,
    enveloped,
    enveloping,
    leader,
    packet,
    seal,
    several,
    stamp,
    table,
    with_annex,
)

XML_WAYS: dict[str, Callable[[], File]] = {}


def xml_way(make: Callable[[], File]) -> Callable[[], File]:
    """Register a way of signing under its function's name."""
    XML_WAYS[make.__name__] = make
    return make


@xml_way
def enveloped_annex() -> File:
    """An XML annex that the agency signed as a whole (enveloped, XAdES-B)."""
    return with_annex({"bieu-mau.xml": enveloped(seal())})


@xml_way
def enveloped_by_a_dotnet_tool() -> File:
    """Plain XMLDSig without XAdES: C14N 1.0, enveloped-signature the only transform."""
    return with_annex({"bieu-mau.xml": enveloped(seal(xades=False, exclusive=False), modes=(ENVELOPED,))})


@xml_way
def document_in_xml() -> File:
    """The document itself is XML: its content signed by the leader (ECDSA) and by the agency (RSA), one signature behind the other."""
    return packet({"van-ban.xml": beside_the_content(leader(), seal())})


@xml_way
def enveloping_annex() -> File:
    """A signature that holds what it signs."""
    return with_annex({"bieu-mau.xml": enveloping(seal())})


@xml_way
def detached_by_name() -> File:
    """A letter that is no PDF and two signatures that name it; the name is percent-encoded."""
    name, uri = "Thư mời.docx", "Th%C6%B0%20m%E1%BB%9Di.docx"
    return packet(
        {
            name: LETTER,
            "nguoi-ky.xml": detached({uri: LETTER}, leader()),
            "con-dau.xml": detached({uri: LETTER}, seal()),
        }
    )


@xml_way
def detached_without_a_uri() -> File:
    """A letter and two signatures that say by their own names what they are over."""
    by_person, by_agency = detached({None: LETTER}, leader()), detached({None: LETTER}, seal())
    return packet({"thu.docx": LETTER, "thu.docx.nguoi-ky.xsig": by_person, "thu.docx.xades": by_agency})


@xml_way
def several_in_one_file() -> File:
    """One file of two detached signatures (EN 319 162-1), SHA-256 and SHA-512."""
    both = several({"thu.docx": LETTER}, {"thu.docx": LETTER}, pens=(leader(), seal(digest="sha512")))
    return packet({"thu.docx": LETTER, "chu-ky.xml": both})


@xml_way
def one_over_several_files() -> File:
    """One signature of the agency over two annexes."""
    files = {"phu-luc.docx": LETTER, "so-lieu.xlsx": SHEET}
    return with_annex({**files, "chu-ky.xsig": detached(files, seal())})


@xml_way
def beside_a_letter_with_cms() -> File:
    """The leader signed by CMS, the agency by XAdES."""
    cms = made(LETTER, replace(HONEST, credential=person()))
    return packet({"thu.docx": LETTER, "thu.docx.p7s": cms, "thu.docx.xsig": detached({None: LETTER}, seal())})


@xml_way
def older_signing_certificate() -> File:
    """SigningCertificate with issuer and serial number, as XAdES 1.3.2 has it."""
    return with_annex({"bieu-mau.xml": enveloped(seal(newer=False))})


@xml_way
def time_stamped_annex() -> File:
    """With a signature time-stamp (XAdES-T); the certificate has ended since."""
    return with_annex({"bieu-mau.xml": enveloped(ended(token=stamp))})


@xml_way
def time_stamped_today() -> File:
    """XAdES-T, stamped an hour ago."""
    return with_annex({"bieu-mau.xml": enveloped(seal(token=lambda value: stamp(value, NOON - HOUR)))})


@xml_way
def with_more_unsigned_properties() -> File:
    """Certificates for the long term among the unsigned properties (XAdES-LT): not needed here."""

    def more(signature: Element) -> None:
        stamped = next(signature.iter(f"{{{XADES}}}UnsignedSignatureProperties"))
        stamped.append(stamped.makeelement(f"{{{XADES}}}CertificateValues"))

    pen = seal(token=lambda value: stamp(value, NOON - HOUR), behind=more)
    return with_annex({"bieu-mau.xml": enveloped(pen)})


@xml_way
def with_a_style_sheet() -> File:
    """A style sheet is named before the root; all of the file is signed, so that is, too."""
    root = table()
    root.addprevious(_style())
    return with_annex({"bieu-mau.xml": enveloped(seal(), root)})


@xml_way
def unsigned_annex() -> File:
    """An XML annex without any signature: as any other file that is no PDF."""
    return with_annex({"so-lieu.xml": b"<?xml version='1.0'?><SoLieu>12</SoLieu>"})


def _style() -> Element:
    return etree.ProcessingInstruction("xml-stylesheet", "href='bieu-mau.xsl'")
