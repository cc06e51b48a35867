"""Attacks by Ids that several elements answer to: readers differ in what they take for an Id."""

from tests.vectors.attacks.letters import letter, signature
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM

INVALID = "XML_SIGNATURE_INVALID"
IDS = "duplicate Id"


@attack(IDS, BAD_FORM, "XML_DUPLICATE_ID", INVALID)
def the_same_id_twice(*, forged: bool) -> File:
    """envelope Id="envelope", attachments Id="envelope".

    TOTAL_FAILED, solely because two elements answer to the Id.
    """
    return letter(lambda root: root[1].set("Id", "envelope"), forged=forged)


@attack(IDS, BAD_FORM, "XML_DUPLICATE_ID", INVALID)
def the_same_id_in_capitals(*, forged: bool) -> File:
    """envelope Id="envelope", attachments ID="envelope".

    TOTAL_FAILED, solely because readers differ in which attribute is an Id.
    """
    return letter(lambda root: root[1].set("ID", "envelope"), forged=forged)


@attack(IDS, BAD_FORM, "XML_DUPLICATE_ID", INVALID)
def the_same_id_in_small_letters(*, forged: bool) -> File:
    """envelope Id="envelope", attachments id="envelope".

    TOTAL_FAILED, solely because readers differ in which attribute is an Id.
    """
    return letter(lambda root: root[1].set("id", "envelope"), forged=forged)


@attack(IDS, BAD_FORM, "XML_DUPLICATE_ID", INVALID)
def the_same_id_of_xml(*, forged: bool) -> File:
    """envelope Id="envelope", attachments xml:id="envelope".

    TOTAL_FAILED, solely because `xml:id` is an Id to every XML library, whatever the schema says.
    """
    return letter(lambda root: root[1].set("{http://www.w3.org/XML/1998/namespace}id", "envelope"), forged=forged)


@attack(IDS, BAD_FORM, "XML_DUPLICATE_ID", INVALID)
def the_signature_has_the_id(*, forged: bool) -> File:
    """envelope Id="envelope" [ header [ Signature Id="envelope" ] ].

    TOTAL_FAILED, solely because the signature itself answers to the Id as well.
    """
    return letter(lambda root: signature(root).set("Id", "envelope"), forged=forged)
