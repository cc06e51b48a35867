"""Parsers of reference data: hostile bytes give faults with their line, never an exception and never a value."""

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference import KINDS, Reference, UnsoundReferenceError, files_of, parse
from tests.reference_files import MADE_LATER, demo, demo_files, directory_files, present

PUBLISHED = [kind for kind in KINDS if kind not in MADE_LATER]


@pytest.mark.parametrize("kind", PUBLISHED)
def test_the_demo_files_are_sound(kind: str) -> None:
    """The product's own files pass, every one of every kind."""
    value, faults = parse(kind, demo_files())

    assert () == faults
    assert value is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_without_its_files_is_no_snapshot(kind: str) -> None:
    """An empty folder is MISSING_FIELD; only CRLs may be none."""
    value, faults = parse(kind, {})

    if kind == "crl":
        assert (True, ()) == (value is not None, faults)
    else:
        assert {"MISSING_FIELD"} == {each.code for each in faults}


def test_bytes_that_are_not_utf8_are_named_by_line() -> None:
    """Each line that is not UTF-8 is one fault; the others are still read."""
    files = {"contacts.csv": demo_files()["contacts.csv"].replace("Nguyễn".encode(), "Nguyễn".encode("utf-16-be"), 1)}
    _, faults = parse("contacts", files)

    assert (2, "BAD_VALUE") == (faults[0].line, faults[0].code)


def test_a_missing_column_is_named() -> None:
    """The header says what is there; nothing is guessed by position."""
    files = directory_files("")
    files["agencies.csv"] = b"organ_id,name,parent,level,valid_from,valid_to,successor\n"
    _, faults = parse("directory", files)

    assert [("qd20_id", "MISSING_FIELD"), ("working_hours", "MISSING_FIELD")] == [
        (each.column, each.code) for each in faults
    ]


BOMBS = {
    "aliases": "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)),
    "depth": "[" * 100_000,
    "depth by aliases": "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [*a{n}]\n" for n in range(100)),
    "itself": "a: &a [*a]\n",
    "python": "a: !!python/object/apply:os.system [exit]\n",
    "twice": "version: 1\nversion: 2\n",
    "two documents": "version: 1\n---\nversion: 2\n",
    "text": "just words\n",
    "nul": "version: \x00\n",
    "tab": "\tversion: 1\n",
    "open": 'version: "1\n',
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize(
    ("kind", "file"), [("sla", "sla.yaml"), ("calendar", "calendar.yaml"), ("routes", "routes.yaml")]
)
def test_a_yaml_bomb_is_a_fault(kind: str, file: str, bomb: str) -> None:
    """Aliases that multiply, nesting, tags, repeated keys: refused before they are built."""
    value, faults = parse(kind, {file: bomb.encode()})

    assert value is None
    assert {"BAD_VALUE", "MISSING_FIELD"} >= {each.code for each in faults}
    assert all(each.file == file for each in faults)


def test_an_alias_is_read_as_if_written_out() -> None:
    """The urgent ladder of sla.yaml is written once and used twice."""
    rules = present(demo().sla)

    assert rules.ladder["khan"] == rules.ladder["thuong_khan"]
    assert 5 == len(rules.ladder["khan"])


@st.composite
def mutations(draw: st.DrawFn, valid: bytes) -> bytes:
    """Draw valid bytes with a few changed, lines doubled or dropped, perhaps cut short."""
    out = bytearray(valid)
    for at, byte in draw(st.lists(st.tuples(st.integers(0, len(valid) - 1), st.integers(0, 255)), max_size=4)):
        out[at] = byte
    lines = bytes(out).split(b"\n")
    if draw(st.booleans()):
        at = draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = [lines[at]] * draw(st.sampled_from([0, 2]))
    content = b"\n".join(lines)
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


@hypothesis.settings(max_examples=60, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@given(st.data())
@pytest.mark.parametrize("kind", PUBLISHED)
def test_parsing_is_total(kind: str, data: st.DataObject) -> None:
    """Whatever the bytes: a value without faults, or faults without a value."""
    files = dict(files_of(kind, demo_files()))
    name = data.draw(st.sampled_from(sorted(files)))
    files[name] = data.draw(mutations(files[name]))
    value, faults = parse(kind, files)

    hypothesis.event("sound" if value is not None else "faults")
    assert (value is None) == bool(faults)
    assert all(each.sentence_vi and each.line >= 0 and each.file in files for each in faults)


def test_a_bundle_names_its_versions() -> None:
    """The epoch changes with any version and with nothing else."""
    files = {kind: demo_files() for kind in PUBLISHED}
    changed = {**demo_files(), "secrecy.yaml": demo_files()["secrecy.yaml"] + b"# more\n"}

    assert demo().epoch == Reference.from_files(dict(reversed(list(files.items())))).epoch
    assert demo().epoch != Reference.from_files({**files, "secrecy": changed}).epoch
    assert ("trust", "crl") == demo().missing()


def test_an_unsound_bundle_names_every_fault() -> None:
    """A bad snapshot never becomes a bundle."""
    with pytest.raises(UnsoundReferenceError, match="routes") as caught:
        Reference.from_files({"routes": {"routes.yaml": b"version: 1\n"}})

    assert {"MISSING_FIELD"} == {each.code for each in caught.value.faults}
