"""Attacks by the files that the signature of an XML attachment refers to: elsewhere, several at once, or none."""

from lxml import etree

from infra.demo.xmldsig import DS, EXCLUSIVE
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM
from tests.vectors.xml_hand import Element, Target, canonical, refer, signed, whole, written
from tests.vectors.xml_letters import LETTER, SHEET, detached, seal, with_annex

OUT = "references out of the packet"
MEANT = "references that several files answer to"
NOTHING = "signatures of attachments over nothing"
NOT_THERE = "INDETERMINATE/SIGNED_DATA_NOT_FOUND"
FILE = "phu-luc.docx"


def naming(uri: str, *, forged: bool, **files: bytes) -> File:
    """Return a packet with a signature that names another file than the annex, whose digest fits."""
    by = detached({uri if forged else FILE: LETTER}, seal())
    return with_annex({FILE: LETTER, **files, "chu-ky.xsig": by})


@attack(OUT, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_file_on_the_network(*, forged: bool) -> File:
    """Signature [ Reference URI="http://127.0.0.1:9/phu-luc.docx" ]; the digest fits.

    TOTAL_FAILED, solely because the bytes would be fetched: nothing ever is.
    """
    return naming("http://127.0.0.1:9/phu-luc.docx", forged=forged)


@attack(OUT, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_file_of_this_machine(*, forged: bool) -> File:
    """Signature [ Reference URI="file:phu-luc.docx" ].

    TOTAL_FAILED, solely because the reference leads into this machine.
    """
    return naming("file:phu-luc.docx", forged=forged)


@attack(OUT, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_path_upwards(*, forged: bool) -> File:
    """Signature [ Reference URI="../phu-luc.docx" ].

    TOTAL_FAILED, solely because it is a path and no name.
    """
    return naming("../phu-luc.docx", forged=forged)


@attack(OUT, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_path_written_in_percents(*, forged: bool) -> File:
    """Signature [ Reference URI="thu-muc%2Fphu-luc.docx" ].

    TOTAL_FAILED, solely because it is a path once it is decoded.
    """
    return naming("thu-muc%2Fphu-luc.docx", forged=forged)


@attack(OUT, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_name_with_a_fragment(*, forged: bool) -> File:
    """Signature [ Reference URI="phu-luc.docx#trang-1" ].

    TOTAL_FAILED, solely because a part of the file is meant, and readers differ in which.
    """
    return naming("phu-luc.docx#trang-1", forged=forged)


@attack(OUT, NOT_THERE, "SIGNED_DATA_NOT_FOUND")
def a_file_that_is_not_in_the_packet(*, forged: bool) -> File:
    """Signature [ Reference URI="khac.docx" ]; there is none of that name.

    INDETERMINATE, solely because nobody can tell what was signed.
    """
    return naming("khac.docx", forged=forged)


@attack(MEANT, BAD_FORM, "XML_REF_NOT_EXPECTED")
def two_names_that_look_the_same(*, forged: bool) -> File:
    """[ phu-luc.docx ][ PHU-LUC.docx ][ Signature: phu-luc.docx ].

    TOTAL_FAILED, solely because a system that does not tell capitals from small letters keeps the other file.
    """
    other = {"PHU-LUC.docx": SHEET} if forged else {"so-lieu.xlsx": SHEET}
    return with_annex({FILE: LETTER, **other, "chu-ky.xsig": detached({FILE: LETTER}, seal())})


@attack(MEANT, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_name_that_fits_two_files(*, forged: bool) -> File:
    """[ phu-luc ][ phu-luc.docx ][ phu-luc.docx.xsig without a URI ].

    TOTAL_FAILED, solely because the signature does not say over which of the two it is.
    """
    other = {"phu-luc": SHEET} if forged else {"so-lieu": SHEET}
    return with_annex({FILE: LETTER, **other, f"{FILE}.xsig": detached({None: LETTER}, seal())})


@attack(MEANT, BAD_FORM, "XML_REF_NOT_EXPECTED")
def itself(*, forged: bool) -> File:
    """chu-ky.xsig [ Reference URI="chu-ky.xsig" ].

    TOTAL_FAILED, solely because a file cannot hold its own digest: nothing is signed.
    """
    return naming("chu-ky.xsig", forged=forged)


@attack(MEANT, BAD_FORM, "XML_REF_NOT_EXPECTED")
def one_file_twice(*, forged: bool) -> File:
    """Signature [ Reference phu-luc.docx ][ Reference PHU-LUC.docx ].

    TOTAL_FAILED, solely because one file is counted for two.
    """
    targets = [Target(uri=FILE, octets=whole(LETTER)), Target(uri=FILE.upper(), octets=whole(LETTER))]
    return with_annex({FILE: LETTER, "chu-ky.xsig": written(signed(None, targets[: 1 + forged], seal()))})


@attack(NOTHING, BAD_FORM, "XML_REF_NOT_EXPECTED")
def nothing_but_its_own_properties(*, forged: bool) -> File:
    """Signature [ Reference #SignedProperties ].

    TOTAL_FAILED, solely because a signature is there and nothing is signed.
    """
    targets = [] if forged else [Target(uri=FILE, octets=whole(LETTER))]
    return with_annex({FILE: LETTER, "chu-ky.xsig": written(signed(None, targets, seal()))})


@attack(NOTHING, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_manifest(*, forged: bool) -> File:
    """Signature [ Object [ Manifest [ Reference phu-luc.docx ] ] ], the Object signed.

    TOTAL_FAILED, solely because what a Manifest lists is not what SignedInfo lists: XMLDSig does not ask whether it fits.
    """

    def listed() -> Element:
        content = etree.Element(f"{{{DS}}}Object", {"Id": "noi-dung"}, nsmap={"ds": DS})
        manifest = etree.SubElement(content, f"{{{DS}}}Manifest" if forged else "{http://example.vn/bieu-mau}DanhSach")
        refer(manifest, Target(uri=FILE, octets=whole(LETTER)), LETTER, "sha256")
        return content

    content = listed()
    target = Target(uri="#noi-dung", octets=lambda _: canonical(content), transforms=(EXCLUSIVE,))
    return with_annex({FILE: LETTER, "chu-ky.xml": written(signed(None, [target], seal(objects=(content,))))})
