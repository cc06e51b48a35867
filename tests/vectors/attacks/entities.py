"""Attacks by DTD, entities, encodings and sheer size of XML: refused before anything is resolved, and at once."""

from collections.abc import Callable

from tests.vectors.attacks.letters import written
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM, TOO_MUCH

ENTITIES = "DTD and entity bombs"
ENCODINGS = "encodings of XML"
SIZES = "XML that is too much"
NAME = b"<edXML:Subject>"


def declared(subset: bytes, reference: bytes = b"", *, forged: bool) -> File:
    """Return a packet with an internal subset, and a reference in its subject."""

    def change(packet: bytes) -> bytes:
        end = packet.index(b"?>") + 2
        doctype = b"<!DOCTYPE edXML:edXML [" + subset + b"]>"
        return packet[:end] + doctype + packet[end:].replace(NAME, NAME + reference, 1)

    return written(change, forged=forged)


@attack(ENTITIES, BAD_FORM, "DTD_FORBIDDEN")
def an_empty_doctype(*, forged: bool) -> File:
    """<!DOCTYPE edXML:edXML []>.

    TOTAL_FAILED, solely because a DTD is there: defaults for attributes would be enough to change what is read.
    """
    return declared(b"", forged=forged)


@attack(ENTITIES, BAD_FORM, "DTD_FORBIDDEN")
def a_billion_laughs(*, forged: bool) -> File:
    """a = "ha", b = "&a;" × 10, … nine levels: 2 GB of text.

    TOTAL_FAILED, solely because of the DTD: no entity is ever resolved.
    """
    levels = [b'<!ENTITY e0 "ha">']
    levels += [b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10)]
    return declared(b"".join(levels), b"&e9;", forged=forged)


@attack(ENTITIES, BAD_FORM, "DTD_FORBIDDEN")
def a_quadratic_blowup(*, forged: bool) -> File:
    """One entity of 100 kB, 10,000 references to it: 1 GB of text.

    TOTAL_FAILED, solely because of the DTD.
    """
    return declared(b'<!ENTITY a "%s">' % (b"a" * 100_000), b"&a;" * 10_000, forged=forged)


@attack(ENTITIES, BAD_FORM, "DTD_FORBIDDEN")
def an_external_entity(*, forged: bool) -> File:
    """<!ENTITY x SYSTEM "file:///etc/hostname">, &x; in the subject.

    TOTAL_FAILED, solely because of the DTD: no file of this machine is read.
    """
    return declared(b'<!ENTITY x SYSTEM "file:///etc/hostname">', b"&x;", forged=forged)


@attack(ENTITIES, BAD_FORM, "DTD_FORBIDDEN")
def an_external_entity_of_the_network(*, forged: bool) -> File:
    """<!ENTITY x SYSTEM "http://127.0.0.1:9/x">.

    TOTAL_FAILED, solely because of the DTD: nothing is fetched.
    """
    return declared(b'<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', b"&x;", forged=forged)


@attack(ENTITIES, BAD_FORM, "DTD_FORBIDDEN")
def a_parameter_entity(*, forged: bool) -> File:
    """<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;.

    TOTAL_FAILED, solely because of the DTD.
    """
    return declared(b'<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;', forged=forged)


@attack(ENTITIES, BAD_FORM, "DTD_FORBIDDEN")
def entities_that_refer_to_each_other(*, forged: bool) -> File:
    """a = "&b;", b = "&a;".

    TOTAL_FAILED, solely because of the DTD.
    """
    return declared(b'<!ENTITY a "&b;"><!ENTITY b "&a;">', b"&a;", forged=forged)


@attack(ENTITIES, BAD_FORM, "DTD_FORBIDDEN")
def an_external_subset(*, forged: bool) -> File:
    """<!DOCTYPE edXML:edXML SYSTEM "http://127.0.0.1:9/x.dtd">.

    TOTAL_FAILED, solely because of the DTD.
    """

    def change(packet: bytes) -> bytes:
        end = packet.index(b"?>") + 2
        return packet[:end] + b'<!DOCTYPE edXML:edXML SYSTEM "http://127.0.0.1:9/x.dtd">' + packet[end:]

    return written(change, forged=forged)


@attack(ENTITIES, BAD_FORM, "DTD_FORBIDDEN")
def an_id_declared_by_a_dtd(*, forged: bool) -> File:
    """<!ATTLIST edXML:edXMLBody name ID #IMPLIED>.

    TOTAL_FAILED, solely because of the DTD: it says which attributes are Ids, and so what a reference means.
    """
    return declared(b"<!ATTLIST edXML:edXMLBody name ID #IMPLIED>", forged=forged)


@attack(ENTITIES, BAD_FORM, "XML_NOT_WELL_FORMED")
def an_entity_that_nobody_declared(*, forged: bool) -> File:
    """&x; in the subject, no DTD.

    TOTAL_FAILED, solely because the entity is unknown.
    """
    return written(lambda packet: packet.replace(NAME, NAME + b"&x;", 1), forged=forged)


def encoded(name: str, change: Callable[[str], bytes], *, forged: bool) -> File:
    """Return the packet in another encoding that its declaration names."""
    return written(
        lambda packet: change(packet.decode().replace("encoding='UTF-8'", f"encoding='{name}'")), forged=forged
    )


@attack(ENCODINGS, BAD_FORM, "XML_NOT_WELL_FORMED")
def utf_16(*, forged: bool) -> File:
    """FF FE 3C 00 … (UTF-16).

    TOTAL_FAILED, solely because of the encoding: a filter that looks for bytes sees nothing in it.
    """
    return encoded("UTF-16", lambda text: text.encode("utf-16"), forged=forged)


@attack(ENCODINGS, BAD_FORM, "XML_NOT_WELL_FORMED")
def utf_16_without_a_mark(*, forged: bool) -> File:
    """3C 00 3F 00 … (UTF-16, no byte order mark).

    TOTAL_FAILED, solely because of the encoding.
    """
    return encoded("UTF-16", lambda text: text.encode("utf-16-le"), forged=forged)


@attack(ENCODINGS, BAD_FORM, "XML_NOT_WELL_FORMED")
def utf_7(*, forged: bool) -> File:
    """<?xml encoding='UTF-7'?> +ADw-edXML… .

    TOTAL_FAILED, solely because of the encoding: brackets look like letters.
    """
    return encoded("UTF-7", lambda text: text[:38].encode() + text[38:].encode("utf-7"), forged=forged)


@attack(ENCODINGS, BAD_FORM, "XML_NOT_WELL_FORMED")
def a_name_that_is_not_the_encoding(*, forged: bool) -> File:
    """<?xml encoding='windows-1258'?> over UTF-8.

    TOTAL_FAILED, solely because of the name: two readers would read two texts.
    """
    return encoded("windows-1258", lambda text: text.encode(), forged=forged)


@attack(ENCODINGS, BAD_FORM, "XML_NOT_WELL_FORMED")
def letters_longer_than_needed(*, forged: bool) -> File:
    """C1 81 for A in the subject (overlong UTF-8).

    TOTAL_FAILED, solely because the letter is not written in its shortest form.
    """
    return written(lambda packet: packet.replace(NAME, NAME + b"\xc1\x81", 1), forged=forged)


def inserted(text: bytes, *, forged: bool) -> File:
    """Return a packet with more in its header."""
    return written(lambda packet: packet.replace(NAME, text + NAME, 1), forged=forged)


@attack(SIZES, TOO_MUCH, "RESOURCE_LIMIT")
def ten_thousand_elements_inside_each_other(*, forged: bool) -> File:
    """<a><a><a>… ten thousand deep.

    INDETERMINATE, solely because of the depth.
    """
    return inserted(b"<a>" * 10_000 + b"</a>" * 10_000, forged=forged)


@attack(SIZES, TOO_MUCH, "RESOURCE_LIMIT")
def a_hundred_thousand_attributes(*, forged: bool) -> File:
    """<a a0="" a1="" …/>, a hundred thousand of them.

    INDETERMINATE, solely because of the attributes of one element: each is compared with each.
    """
    return inserted(b"<a " + b" ".join(b'a%d=""' % number for number in range(100_000)) + b"/>", forged=forged)


@attack(SIZES, TOO_MUCH, "RESOURCE_LIMIT")
def a_hundred_thousand_namespaces(*, forged: bool) -> File:
    """<a xmlns:a0="u" …/>, a hundred thousand of them.

    INDETERMINATE, solely because of the names: canonicalisation carries each of them down.
    """
    return inserted(b"<a " + b" ".join(b'xmlns:a%d="u"' % number for number in range(100_000)) + b"/>", forged=forged)


@attack(SIZES, TOO_MUCH, "RESOURCE_LIMIT")
def two_hundred_thousand_elements(*, forged: bool) -> File:
    """<a/> two hundred thousand times.

    INDETERMINATE, solely because of their number.
    """
    return inserted(b"<a/>" * 200_000, forged=forged)


@attack(SIZES, TOO_MUCH, "RESOURCE_LIMIT")
def a_value_of_thirty_megabytes(*, forged: bool) -> File:
    """Subject of thirty million letters.

    INDETERMINATE, solely because of its length.
    """
    return written(lambda packet: packet.replace(NAME, NAME + b"a" * 30_000_000, 1), forged=forged)


@attack(SIZES, TOO_MUCH, "RESOURCE_LIMIT")
def a_comment_of_thirty_megabytes(*, forged: bool) -> File:
    """<!-- thirty million letters -->.

    INDETERMINATE, solely because of its length.
    """
    return inserted(b"<!--" + b"a" * 30_000_000 + b"-->", forged=forged)


@attack(SIZES, TOO_MUCH, "RESOURCE_LIMIT")
def a_packet_of_sixty_megabytes(*, forged: bool) -> File:
    """Sixty megabytes of blanks behind the root.

    INDETERMINATE, solely because of the file's size.
    """
    return written(lambda packet: packet + b" " * 60_000_000, forged=forged)


@attack(SIZES, TOO_MUCH, "RESOURCE_LIMIT")
def a_packet_of_a_hundred_and_ten_megabytes(*, forged: bool) -> File:
    """A hundred and ten megabytes of blanks behind the root: the verifier does not even read it.

    INDETERMINATE, solely because of the file's size.
    """
    return written(lambda packet: packet + b" " * 110_000_000, forged=forged)
