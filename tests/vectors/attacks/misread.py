"""Attacks by time-stamps of XML attachments, and by files that two readers read differently or nobody reads to the end."""

from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM, TOO_LATE, TOO_MUCH
from tests.vectors.xml_hand import Element, canonical, stamped
from tests.vectors.xml_letters import LETTER, detached, ended, enveloped, seal, several, stamp, with_annex

WHEN = "time-stamps of signed attachments"
READ = "signed attachments that readers read differently"
FILE, TABLE = "phu-luc.docx", "bieu-mau.xml"


@attack(WHEN, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "HASH_FAILURE")
def a_token_of_another_signature_in_an_attachment(*, forged: bool) -> File:
    """The certificate has ended; SignatureTimeStamp over another SignatureValue.

    INDETERMINATE, solely because the token says nothing of this signature: what is left is the receipt.
    """
    pen = ended(token=(lambda _: stamp(b"another")) if forged else stamp)
    return with_annex({TABLE: enveloped(pen)})


@attack(WHEN, TOO_LATE, "OUT_OF_BOUNDS_NO_POE")
def two_tokens_in_an_attachment(*, forged: bool) -> File:
    """The certificate has ended; two SignatureTimeStamps.

    INDETERMINATE, solely because it is not said which of them counts.
    """

    def again(signature: Element) -> None:
        stamped(signature, stamp(canonical(signature[1])))

    pen = ended(token=stamp, behind=again) if forged else ended(token=stamp)
    return with_annex({TABLE: enveloped(pen)})


@attack(READ, BAD_FORM, "DTD_FORBIDDEN")
def a_signed_file_with_a_dtd(*, forged: bool) -> File:
    """DOCTYPE BieuMau, then the signed file.

    TOTAL_FAILED, solely because a DTD may say which attributes are there and what an Id is.
    """
    content = enveloped(seal())
    head, _, rest = content.partition(b"?>")
    return with_annex({TABLE: head + b"?><!DOCTYPE BieuMau>" + rest if forged else content})


@attack(READ, BAD_FORM, "FORMAT_FAILURE")
def a_signed_file_in_utf_16(*, forged: bool) -> File:
    """The signed file written again in UTF-16; the canonical form is the same.

    TOTAL_FAILED, solely because it is not UTF-8: what else it might be read as nobody asked.
    """
    content = enveloped(seal())
    other = content.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    return with_annex({TABLE: other if forged else content})


@attack(READ, BAD_FORM, "FORMAT_FAILURE")
def a_signature_file_without_a_signature(*, forged: bool) -> File:
    """chu-ky.xades [ no Signature ].

    TOTAL_FAILED, solely because the file says that it is a signature, and holds none.
    """
    content = b"<ChuKy/>" if forged else detached({FILE: LETTER}, seal())
    return with_annex({FILE: LETTER, "chu-ky.xades": content})


@attack(READ, TOO_MUCH, "RESOURCE_LIMIT")
def twenty_one_signatures(*, forged: bool) -> File:
    """XAdESSignatures [ Signature ] x 21.

    INDETERMINATE, solely because each costs a path, and nobody needs so many.
    """
    count = 21 if forged else 2
    pens = tuple(seal() for _ in range(count))
    return with_annex({FILE: LETTER, "chu-ky.xml": several(*[{FILE: LETTER}] * count, pens=pens)})
