"""Attacks by what stands beside the signed part of an XML attachment, or turns it into something else: wrapping in all its shapes."""

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from infra.demo.xmldsig import DS, EXCLUSIVE
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM
from tests.vectors.xml_hand import Element, Target, canonical, signed, whole, written
from tests.vectors.xml_letters import (
    LETTER,
    beside_the_content,
    detached,
    enveloped,
    enveloping,
    held,
    seal,
    table,
    with_annex,
)

LOOSE = "signed attachments with something unsigned"
TURNED = "transforms in attachments"
FILE = "phu-luc.docx"


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def an_object_that_nobody_signed(*, forged: bool) -> File:
    """Signature [ Object, signed ][ Object: another table ].

    TOTAL_FAILED, solely because a reader may show the second one.
    """
    other = (held("khac"),) if forged else ()
    return with_annex({"bieu-mau.xml": enveloping(seal(behind=lambda signature: signature.extend(other)))})


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def an_empty_object(*, forged: bool) -> File:
    """Signature [ Object, empty, signed ].

    TOTAL_FAILED, solely because the signature is over nothing.
    """
    content = etree.Element(f"{{{DS}}}Object", {"Id": "noi-dung"}, nsmap={"ds": DS})
    content.text = None if forged else "12"
    target = Target(uri="#noi-dung", octets=lambda _: canonical(content), transforms=(EXCLUSIVE,))
    return with_annex({"bieu-mau.xml": written(signed(None, [target], seal(objects=(content,))))})


def changed(change: Callable[[Element], object], *, forged: bool) -> File:
    """Return a table whose content is signed by its Id, or one that was changed afterwards."""
    root = table()
    content = beside_the_content(seal(), root=root)
    if forged:
        change(root)
        content = written(root)
    return with_annex({"bieu-mau.xml": content})


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def another_content_in_its_place(*, forged: bool) -> File:
    """BieuMau [ NoiDung: forged ][ An [ NoiDung Id, signed ] ][ Signature #noi-dung ].

    TOTAL_FAILED, solely because readers look where the signed element was: the reference follows its Id.
    """

    def wrap(root: Element) -> None:
        content = root[0]
        other = etree.fromstring(etree.tostring(content))
        del other.attrib["Id"]
        other[-1].text = "99"
        etree.SubElement(root, "{http://example.vn/bieu-mau}An").append(content)
        root.insert(0, other)

    return changed(wrap, forged=forged)


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def the_signed_content_hidden_in_the_signature(*, forged: bool) -> File:
    """BieuMau [ NoiDung: forged ][ Signature #noi-dung [ Object [ NoiDung Id, signed ] ] ].

    TOTAL_FAILED, solely because the signed element stands in an Object, where nobody looks.
    """

    def wrap(root: Element) -> None:
        content, signature = root[0], root[1][0]
        other = etree.fromstring(etree.tostring(content))
        del other.attrib["Id"]
        etree.SubElement(signature, f"{{{DS}}}Object").append(content)
        root.insert(0, other)

    return changed(wrap, forged=forged)


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_word_beside_what_is_signed(*, forged: bool) -> File:
    """BieuMau [ NoiDung Id, signed ] "da huy" [ ChuKy ].

    TOTAL_FAILED, solely because the words are shown and not signed.
    """
    return changed(lambda root: setattr(root[0], "tail", "da huy"), forged=forged)


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def an_attribute_above_what_is_signed(*, forged: bool) -> File:
    """BieuMau trang-thai="huy" [ NoiDung Id, signed ][ ChuKy ].

    TOTAL_FAILED, solely because the attribute is not signed.
    """
    return changed(lambda root: root.set("trang-thai", "huy"), forged=forged)


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_style_sheet_beside_what_is_signed(*, forged: bool) -> File:
    """Instruction xml-stylesheet, then BieuMau [ NoiDung Id, signed ][ ChuKy ].

    TOTAL_FAILED, solely because who shows the file follows the style sheet, and only the content is signed.
    """
    style = etree.ProcessingInstruction("xml-stylesheet", "href='khac.xsl'")
    return changed(lambda root: root.addprevious(style), forged=forged)


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def an_empty_element_beside_what_is_signed(*, forged: bool) -> File:
    """BieuMau [ NoiDung Id, signed ][ ChuKy ][ DaHuy ].

    TOTAL_FAILED, solely because the element says something by its name and leads neither to what is signed nor to a signature.
    """
    return changed(lambda root: etree.SubElement(root, "{http://example.vn/bieu-mau}DaHuy"), forged=forged)


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_comment_that_divides_a_figure(*, forged: bool) -> File:
    """BieuMau [ NoiDung Id, signed [ Dong "1"<!-- -->"2" ] ][ ChuKy ]; the twin's comment stands between two rows.

    TOTAL_FAILED, solely because canonical XML drops the comment, so the digest stays, and a reader takes the first piece.
    """

    def divide(root: Element) -> None:
        row, comment = root[0][1], etree.Comment("")
        row.text, comment.tail = "1", "2"
        row.append(comment)

    def between(root: Element) -> None:
        root[0].append(etree.Comment(""))

    return changed(divide if forged else between, forged=True)


@attack(LOOSE, BAD_FORM, "XML_DUPLICATE_ID")
def one_id_for_two(*, forged: bool) -> File:
    """BieuMau id="noi-dung" [ NoiDung Id="noi-dung", signed ][ ChuKy ].

    TOTAL_FAILED, solely because two elements answer to the Id.
    """
    return changed(lambda root: root.set("id", "noi-dung"), forged=forged)


@attack(LOOSE, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_signature_in_a_signature(*, forged: bool) -> File:
    """Signature [ Object [ properties, unsigned: CounterSignature [ Signature ] ] ].

    TOTAL_FAILED, solely because a signature stands where the other one is not asked about: found is not judged.
    """

    def counter(signature: Element) -> None:
        properties = next(each for each in signature.iter() if etree.QName(each).localname == "QualifyingProperties")
        properties.append(etree.fromstring(detached({FILE: LETTER}, replace(seal(), number=2))))

    pen = seal(behind=counter) if forged else seal()
    return with_annex({FILE: LETTER, "chu-ky.xsig": detached({FILE: LETTER}, pen)})


def turned(algorithm: str, *, forged: bool) -> File:
    """Return a table signed with another transform besides."""

    def change(signature: Element) -> None:
        held_in = next(signature.iter(f"{{{DS}}}Transforms"))
        etree.SubElement(held_in, f"{{{DS}}}Transform", {"Algorithm": algorithm})

    return with_annex({"bieu-mau.xml": enveloped(seal(before=change) if forged else seal())})


@attack(TURNED, BAD_FORM, "XML_TRANSFORM_FORBIDDEN")
def a_program_as_a_transform(*, forged: bool) -> File:
    """Transforms [ enveloped-signature ][ exc-c14n ][ XSLT ].

    TOTAL_FAILED, solely because a program would say what was signed: it is never run.
    """
    return turned("http://www.w3.org/TR/1999/REC-xslt-19991116", forged=forged)


@attack(TURNED, BAD_FORM, "XML_TRANSFORM_FORBIDDEN")
def an_expression_as_a_transform(*, forged: bool) -> File:
    """Transforms [ enveloped-signature ][ exc-c14n ][ XPath ].

    TOTAL_FAILED, solely because an expression chooses what was signed.
    """
    return turned("http://www.w3.org/TR/1999/REC-xpath-19991116", forged=forged)


@attack(TURNED, BAD_FORM, "XML_TRANSFORM_FORBIDDEN")
def a_file_read_as_base64(*, forged: bool) -> File:
    """Signature [ Reference phu-luc.docx, Transforms [ base64 ] ]; the digest of what comes out fits.

    TOTAL_FAILED, solely because the file that is delivered is not what was signed.
    """
    transforms = (f"{DS}base64",) if forged else ()
    target = Target(uri=FILE, octets=whole(b"another" if forged else LETTER), transforms=transforms)
    return with_annex({FILE: LETTER, "chu-ky.xsig": written(signed(None, [target], seal()))})
