"""Packs: the same files give the same bytes; other bytes give files or PackError."""

import io
import zipfile

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference import PackError, pack, unpack, version_of

FILES = {"agencies.csv": b"organ_id\n", "trust/anchors/root.pem": b"\x00\xff", "empty": b""}


def test_a_pack_does_not_depend_on_order() -> None:
    """Same files in another order: same bytes, same version; and they come back."""
    assert pack(FILES) == pack(dict(reversed(list(FILES.items()))))
    assert FILES == unpack(pack(FILES))


def test_a_version_is_fixed() -> None:
    """These bytes are the same on every machine; if this changes, every version published so far changes."""
    assert "d95a933c3febdaaed750f7aace19dbae883cecef3625a8b5b20c94c0dfd31ca5" == version_of(pack(FILES))


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "", "a\\b", "a//b"])
def test_a_name_that_leaves_the_folder_is_refused(name: str) -> None:
    """When packed as when unpacked."""
    with pytest.raises(PackError):
        pack({name: b""})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name or "/"), b"")
    with pytest.raises(PackError):
        unpack(out.getvalue())


def test_a_compressed_archive_is_no_pack() -> None:
    """So no archive can grow when unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\x00" * 1_000_000)
    with pytest.raises(PackError):
        unpack(out.getvalue())


@hypothesis.settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(pack(FILES)) - 1), st.integers(0, 255)), max_size=4),
    st.integers(0, len(pack(FILES))),
)
def test_unpack_is_total(changes: list[tuple[int, int]], length: int) -> None:
    """A changed or shortened pack gives files or PackError, nothing else."""
    packed = bytearray(pack(FILES))
    for at, byte in changes:
        packed[at] = byte
    try:
        hypothesis.event("files" if unpack(bytes(packed[: length or None])) else "nothing")
    except PackError:
        hypothesis.event("PackError")
