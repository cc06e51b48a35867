"""A snapshot as bytes: the same files always give the same bytes, and so the same version on every machine."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

MAX_PACK_BYTES = 256 * 1024 * 1024
"""A directory of 150,000 agencies is about 20 MB."""

MAX_FILES = 10_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a ZIP can name; times of files are no part of a snapshot."""


class PackError(ValueError):
    """These bytes are not a snapshot that `pack` made."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Pack files (path -> bytes) as a ZIP without compression, names sorted: independent of the zlib at hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(_safe_name(name), date_time=_EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """Return the files of a pack; raise `PackError` for anything that `pack` would not have written."""
    if len(packed) > MAX_PACK_BYTES:
        raise PackError(f"a snapshot of {len(packed)} bytes is larger than {MAX_PACK_BYTES}")
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.infolist()
            _refuse_foreign(entries, len(packed))
            files = {_safe_name(entry.filename): archive.read(entry) for entry in entries}
    except PackError:
        raise
    except (ValueError, zipfile.BadZipFile, zlib.error, OSError, EOFError, LookupError, NotImplementedError) as exc:
        raise PackError(f"not a snapshot: {exc}") from exc
    if len(files) != len(entries):
        raise PackError("two files of one name")
    return files


def _refuse_foreign(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Raise `PackError` for an archive that could grow when it is read."""
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > size:
        raise PackError("the archive names more than it holds")
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
        raise PackError("a snapshot is neither compressed nor encrypted")


def version_of(packed: bytes) -> str:
    """Return the version of a snapshot: the SHA-256 of its pack, lower-case hex."""
    return hashlib.sha256(packed).hexdigest()


def _safe_name(name: str) -> str:
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or str(path) != name:
        raise PackError(f"a file name that leaves the folder: {name!r}")
    return name
