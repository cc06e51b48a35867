"""Vectors of what an earlier signature forbids: certification, locks (ISO 32000-2 §12.8.2)."""

from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm

from tests.vectors.honest.hands import signed as by_hand
from tests.vectors.honest.old_hand import signed
from tests.vectors.honest.pages import PAGES
from tests.vectors.honest.variants import leader, seal
from tests.vectors.scene import Scene

SCENE = Scene()
WHEN = b"D:20261116184000+07'00'"


def test_a_visible_field_after_a_certification() -> None:
    """Certified with form filling permitted; a new visible signature comes on the page (the sneaky signature)."""
    certified = by_hand(PAGES["plain"](), leader(certify=MDPPerm.FILL_FORMS))
    seen = SCENE.judge(by_hand(certified, seal(box=(0, 0, 500, 500))))

    assert {"CHANGED_AFTER_SIGNING"} == seen.defects


def test_a_signature_where_none_is_permitted() -> None:
    """Certified with no changes permitted; a second signature follows."""
    certified = by_hand(PAGES["plain"](), leader(certify=MDPPerm.NO_CHANGES))
    seen = SCENE.judge(signed(certified, SCENE.agency(), b"CoQuan", WHEN))

    assert {"CHANGED_AFTER_SIGNING"} == seen.defects


def test_a_signature_in_a_locked_field() -> None:
    """The leader's signature locks every field; a second one follows."""
    lock = FieldMDPSpec(FieldMDPAction.ALL)
    locked = by_hand(PAGES["plain"](), leader(lock=lock))
    seen = SCENE.judge(by_hand(locked, seal(box=(0, 0, 50, 50))))

    assert {"CHANGED_AFTER_SIGNING"} == seen.defects
