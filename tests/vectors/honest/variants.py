"""What Vietnamese offices really send: kinds of files × ways of signing. All must pass; the list is published in docs/honest.md."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm

from infra.pki import Credential, organization_name, person_name
from tests.vectors.honest import old_hand
from tests.vectors.honest.hands import (
    Way,
    signed,
    with_document_stamp,
    with_empty_fields,
    with_store,
)
from tests.vectors.honest.java_hand import fields_again, respelt
from tests.vectors.honest.pages import PAGES
from tests.vectors.scene import HOUR, NOON, SENDER, YEAR, Scene, authorities, rsa_key

SCENE = Scene()
WAYS: dict[str, Callable[[bytes], bytes]] = {}
PERSON_BOX, SEAL_BOX, DRAFT_BOX, STAMP_BOX = (
    (300, 60, 480, 130),
    (330, 70, 430, 150),
    (60, 60, 160, 100),
    (400, 760, 560, 820),
)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One honest file."""

    name: str
    make: Callable[[], bytes]


def way(sign: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Register a way of signing under its function's name."""
    WAYS[sign.__name__] = sign
    return sign


def _issued(name: str, serial: int, kind: str = "", *, person: bool = True, organ_id: str = SENDER) -> Credential:
    subject = (
        person_name(name, organization="Cơ quan", organ_id=organ_id)
        if person
        else organization_name(name, organ_id=organ_id)
    )
    return authorities()[1].issue(
        subject, not_before=NOON - YEAR, not_after=NOON + YEAR, key=rsa_key(kind), serial=serial, usage=SCENE.usage
    )


def leader(**more: object) -> Way:
    """Return how the leader signs."""
    return Way(field="NguoiKy", credential=SCENE.person(), at=NOON - 2 * HOUR, **more)  # type: ignore[arg-type] # passed on


def seal(**more: object) -> Way:
    """Return how the agency seals."""
    return Way(field="CoQuan", credential=SCENE.agency(), at=NOON - HOUR, **more)  # type: ignore[arg-type] # passed on


def arrival() -> Credential:
    """Return the seal of the agency that the document came to."""
    return _issued("Cơ quan nhận", 1103, "agency", person=False, organ_id="000.00.01.H53")


@way
def leader_and_seal(pdf: bytes) -> bytes:
    """The leader (ECDSA), then the agency's seal (RSA); invisible."""
    return signed(signed(pdf, leader()), seal())


@way
def visible(pdf: bytes) -> bytes:
    """Both visible, the seal with a picture."""
    return signed(signed(pdf, leader(box=PERSON_BOX)), seal(box=SEAL_BOX, picture=True))


@way
def time_stamped(pdf: bytes) -> bytes:
    """Both with a time-stamp (B-T), visible."""
    tsa = SCENE.tsa()
    first = signed(pdf, leader(box=PERSON_BOX, tsa=tsa, stamped_at=NOON - 2 * HOUR))
    return signed(first, seal(box=SEAL_BOX, tsa=tsa, stamped_at=NOON - HOUR))


@way
def legacy_subfilter(pdf: bytes) -> bytes:
    """`adbe.pkcs7.detached`, as older tools sign."""
    return signed(signed(pdf, leader(pades=False, box=PERSON_BOX)), seal(pades=False))


@way
def pss(pdf: bytes) -> bytes:
    """RSA-PSS, SHA-384."""
    person = _issued("Nguyễn Văn An", 1101, "pss-person")
    first = signed(pdf, Way(field="NguoiKy", credential=person, at=NOON - 2 * HOUR, pss=True, digest="sha384"))
    return signed(first, seal(pss=True, digest="sha512"))


@way
def four_signatures(pdf: bytes) -> bytes:
    """The drafter's initials, the leader, the seal, the recipient's stamp of arrival on top."""
    draft = Way(field="ThamMuu", credential=_issued("Trần Thị Bình", 1102), at=NOON - 3 * HOUR, box=DRAFT_BOX)
    both = signed(signed(signed(pdf, draft), leader(box=PERSON_BOX)), seal(box=SEAL_BOX))
    return signed(both, Way(field="CongVanDen", credential=arrival(), at=NOON - HOUR / 2, box=STAMP_BOX))


@way
def prepared_fields(pdf: bytes) -> bytes:
    """The document system puts empty fields on the page first."""
    prepared = with_empty_fields(pdf, "NguoiKy", "CoQuan")
    return signed(signed(prepared, leader(existing=True)), seal(existing=True))


@way
def certified(pdf: bytes) -> bytes:
    """The leader certifies and permits form filling; the seal goes into a field that is there."""
    prepared = with_empty_fields(pdf, "NguoiKy", "CoQuan")
    return signed(signed(prepared, leader(certify=MDPPerm.FILL_FORMS, existing=True)), seal(existing=True))


@way
def locked_fields(pdf: bytes) -> bytes:
    """The leader's signature locks the document's own fields; the seal follows."""
    lock = FieldMDPSpec(FieldMDPAction.INCLUDE, fields=["So", "NoiDung"])
    return signed(signed(pdf, leader(lock=lock)), seal())


@way
def widgets_apart(pdf: bytes) -> bytes:
    """Field and widget are two objects."""
    return signed(signed(pdf, leader(box=PERSON_BOX, separate_widget=True)), seal(box=SEAL_BOX, separate_widget=True))


@way
def long_term(pdf: bytes) -> bytes:
    """Time-stamped, validation data, then a document time-stamp (B-LTA)."""
    return with_document_stamp(with_store(time_stamped(pdf), SCENE), SCENE, NOON - HOUR / 2)


@way
def store_between(pdf: bytes) -> bytes:
    """Validation data are added after the leader and again after the seal."""
    first = with_store(signed(pdf, leader(box=PERSON_BOX)), SCENE)
    return with_store(signed(first, seal(box=SEAL_BOX)), SCENE)


@way
def by_another_tool(pdf: bytes) -> bytes:
    """A tool that writes catalog, form, page and information again, plain PKCS#7 without the signing-certificate attribute."""
    first = old_hand.signed(pdf, SCENE.person(), b"NguoiKy", b"D:20261116170000+07'00'", box=PERSON_BOX)
    return old_hand.signed(first, SCENE.agency(), b"CoQuan", b"D:20261116180000+07'00'", box=SEAL_BOX)


@way
def by_a_java_tool(pdf: bytes) -> bytes:
    """PDFBox with Bouncy Castle: the messages have indefinite lengths (BER), the time-stamp inside one too; old fields are written again."""
    first = respelt(signed(pdf, leader(box=PERSON_BOX, tsa=SCENE.tsa(), stamped_at=NOON - 2 * HOUR)))
    trick = old_hand.Trick(objects=fields_again)
    when = b"D:20261116180000+07'00'"
    return respelt(old_hand.signed(first, SCENE.agency(), b"CoQuan", when, box=SEAL_BOX, trick=trick))


EVERYWHERE = ("leader_and_seal", "visible")
"""Every kind of file is signed in these ways; the other ways sign a few kinds."""

ONLY_BY_ANOTHER_TOOL = ("hybrid",)
"""pyHanko signs no hybrid files."""

SOME = ("plain", "three_pages", "object_streams", "with_links")


def _made(make: Callable[[], bytes], sign: Callable[[bytes], bytes]) -> bytes:
    return sign(make())


def variants() -> Iterator[Variant]:
    """Name every variant."""
    for name, make in PAGES.items():
        for sign in WAYS.values():
            other = sign is by_another_tool
            if other or ((sign.__name__ in EVERYWHERE or name in SOME) and name not in ONLY_BY_ANOTHER_TOOL):
                yield Variant(name=f"{name}-{sign.__name__}", make=partial(_made, make, sign))
