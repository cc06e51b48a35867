"""Routes, identities, contacts, document types, secret words, signature policy: what each answers."""

from datetime import date, timedelta

import pytest

from schemas.reference import parse
from tests.reference_files import TODAY, demo, demo_files, present, sound

DIRECTORY, ROUTES = present(demo().directory), present(demo().routes)


def route(sender: str, recipient: str) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Return rule, endpoint and path between two agencies."""
    start, end = (present(DIRECTORY.resolve(code, TODAY).agency) for code in (sender, recipient))
    rule = ROUTES.rule_for(start, end, DIRECTORY, TODAY)
    endpoint = ROUTES.endpoint_for(end, DIRECTORY, TODAY)
    hops = ROUTES.hops(rule, start, end, DIRECTORY, TODAY) if rule else ()
    return rule.id if rule else None, endpoint.endpoint_id if endpoint else None, hops


def test_a_way_within_the_province() -> None:
    """Up to the first common agency and down again."""
    sent = "within-province", "h53-31-21", ("000.00.05.H53", "000.00.00.H53", "000.21.31.H53")
    unit = "within-province", "h53-17", ("001.01.17.H53", "000.01.17.H53", "000.00.17.H53")

    assert sent == route("000.00.05.H53", "000.21.31.H53")
    assert unit == route("001.01.17.H53", "000.00.17.H53")


def test_a_way_over_the_national_axis() -> None:
    """A ministry has no endpoint here: the national axis's is used, in both directions its node lies between."""
    out = ("000.21.31.H53", "000.00.00.H53", "000.00.01.W00", "000.00.00.G12")

    assert ("to-national", "national", out) == route("000.21.31.H53", "000.00.00.G12")
    assert ("from-national", "h53-31-21", tuple(reversed(out))) == route("000.00.00.G12", "000.21.31.H53")


def test_no_rule_is_a_no() -> None:
    """Two foreign agencies have no business over this axis; a technical node is refused by a rule of its own."""
    node, other = (present(DIRECTORY.agency(code, TODAY)) for code in ("000.00.01.W00", "000.00.05.H53"))
    rule = present(ROUTES.rule_for(other, node, DIRECTORY, TODAY))

    assert route("000.00.00.G12", "000.00.00.H99")[0] is None
    assert ("technical-never", False) == (rule.id, rule.allow)


@pytest.mark.parametrize(
    ("code", "foreign"),
    [
        ("000.00.77.G99", True),
        ("G99.77", True),
        ("000.99.99.H53", False),
        ("H53.XX", False),
        ("99.H53", False),
        ("UBND", False),
    ],
)
def test_an_unknown_code_shows_only_its_root(code: str, *, foreign: bool) -> None:
    """Level 1 of a code says whether the national axis might know it."""
    assert foreign == ROUTES.is_foreign_code(code)


def test_the_first_rule_that_fits_decides() -> None:
    """A refusal before the general permission, by level, subtree or code."""
    general = b"  - id: within-province"
    text = demo_files()["routes.yaml"]
    for side in ("{level: [commune]}", "{under: [000.21.31.H53]}", "{agency: [000.21.31.H53], root: same}"):
        never = f"  - {{id: never, from: {{root: ours}}, to: {side}, allow: no}}\n".encode()
        routes = sound("routes", {"routes.yaml": text.replace(general, never + general)})
        ends = [present(DIRECTORY.agency(code, TODAY)) for code in ("000.00.05.H53", "000.21.31.H53", "000.00.17.H53")]

        assert "never" == routes.rule_for(ends[0], ends[1], DIRECTORY, TODAY).id
        assert "within-province" == routes.rule_for(ends[0], ends[2], DIRECTORY, TODAY).id


def test_every_living_agency_of_the_province_has_a_principal_and_an_endpoint() -> None:
    """Nobody of the demo is forgotten: somebody speaks for each, and each can be reached."""
    spoken_for = frozenset().union(*present(demo().identities).named("folder").values())
    living = [each for code in DIRECTORY.periods if (each := DIRECTORY.agency(code, TODAY))]

    assert set() == {each.organ_id for each in living} - spoken_for
    assert [] == [each.organ_id for each in living if not ROUTES.endpoint_for(each, DIRECTORY, TODAY)]


def test_a_principal_speaks_for_its_agencies_only() -> None:
    """A set of organ_ids a principal; none for a stranger."""
    known = present(demo().identities)

    assert {"000.21.31.H53"} == known.may_speak_for("folder", "h53-31-21")
    assert known.of_principal("folder:h53") == known.may_speak_for("folder", "h53")
    assert "000.00.90.H53" in known.of_principal("folder:h53")
    assert frozenset() == known.may_speak_for("client", "stranger")
    assert known.named("folder")["h53"] == known.named("client")["h53"]


def test_contacts_are_found_by_role_and_day() -> None:
    """Two may have a role; a period that ended does not count; nobody is an empty answer."""
    found = present(demo().contacts).find("000.00.05.H53", "clerk", TODAY)
    text = (
        "organ_id,role,name,title,unit,mobile,mailbox,valid_from,valid_to\n"
        "000.00.05.H53,clerk,A,,,,a@x.example,,2025-12-31\n000.00.05.H53,clerk,B,,,,b@x.example,2026-01-01,\n"
    )
    changed = sound("contacts", {"contacts.csv": text.encode()})

    assert 1 == len(found)
    assert ["B"] == [each.name for each in changed.find("000.00.05.H53", "clerk", TODAY)]
    assert ["A"] == [each.name for each in changed.of_agency("000.00.05.H53", date(2025, 6, 1))]
    assert () == changed.find("000.00.05.H53", "head_of_office", TODAY)


def test_a_mailbox_cannot_carry_a_header() -> None:
    """Only an address goes into a mail."""
    text = 'organ_id,role,name,title,unit,mobile,mailbox\n000.00.05.H53,clerk,A,,,,"a@x.example\nBcc: b@x.example"\n'
    _, faults = parse("contacts", {"contacts.csv": text.encode()})

    assert {("mailbox", "BAD_VALUE")} == {(each.column, each.code) for each in faults}


def test_a_document_type_is_found_by_name_first() -> None:
    """Some senders put the ordinal into Type."""
    known = present(demo().document_types)

    assert 18 == present(known.find(18, "công  văn")).ordinal
    assert "Công văn" == present(known.find(2, "", 18)).name
    assert ["A", "B"] == [present(known.find(type_code, "Chỉ thị")).group for type_code in (1, 2)]
    assert known.find(2, "Thơ") is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Kế hoạch (Tối mật)", "Tối mật"),
        ("TUYỆT MẬT: phương án", "TUYỆT MẬT"),
        ("Tài liệu Mật", "Mật"),
        ("To\u0302\u0301i  ma\u0302\u0323t", "Tối mật"),
        ("V/v bảo mật hệ thống", None),
        ("Nghị định về Bảo Mật", None),
        ("Mật khẩu và Mật mã", None),
        ("Mậtong", None),
        ("độ MẬT", "MẬT"),
    ],
)
def test_a_secret_is_known_by_its_words(text: str, word: str | None) -> None:
    """Whole words, case and tone, whatever the Unicode form; false hits are taken out."""
    assert word == present(demo().secrecy).hit("Subject", text)


def test_only_the_named_elements_are_searched() -> None:
    """A word in the content of a letter proves nothing."""
    assert present(demo().secrecy).hit("Content", "Tối mật") is None


def test_the_policy_of_the_day() -> None:
    """The default profile; another by name; none before the first rule."""
    policy = present(demo().signature_policy)
    rule, strict = (present(policy.rule_for("Công văn", TODAY, profile)) for profile in ("VN-GOV", "STRICT"))
    usual = present(policy.rule_for("Công văn", TODAY))

    assert ("vn-gov-2020", ("person", "agency"), "warn", "hold") == (
        rule.id,
        rule.required,
        rule.envelope,
        rule.when_unknown("?"),
    )
    assert rule == usual
    assert ("require", 3072) == (strict.timestamp, strict.algorithms.min_rsa_bits)
    assert policy.rule_for("Công văn", date(2019, 1, 1)) is None
    assert ("VN-GOV", "STRICT") == policy.profiles
    assert timedelta(minutes=5) == rule.max_claim_skew


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("min_rsa_bits: 2048", "min_rsa_bits: 1024", "rules[0].algorithms.min_rsa_bits"),
        ("digests: [sha256,", "digests: [sha1, sha256,", "rules[0].algorithms.digests"),
        ("envelope: warn", "envelope: maybe", "rules[0].envelope"),
        ("default_profile: VN-GOV", "default_profile: NONE", "default_profile"),
        ("    unsigned: refuse\n", "", "rules[0]"),
    ],
)
def test_a_policy_cannot_be_weaker_than_the_law(old: str, new: str, column: str) -> None:
    """SHA-1, short keys, misspelt or missing fields are faults."""
    text = demo_files()["signature_policy.yaml"].decode().replace(old, new, 1)
    _, faults = parse("signature_policy", {"signature_policy.yaml": text.encode()})

    assert [column] == [each.column for each in faults]
