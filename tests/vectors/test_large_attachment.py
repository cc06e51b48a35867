"""A gigabyte in an annex, with limits raised: read, unpacked, hashed and bound in the memory of a small packet."""

import base64
import hashlib
import os
import pickle
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from infra.demo.frame import frame
from schemas.edxml import enclose, serialise
from tests.vectors.attacks.letters import DRAFT, document
from tests.vectors.attacks.vector import plain_reference
from tests.vectors.scene import NOON

ROOT = Path(__file__).resolve().parents[2]
GIGABYTE = 1024**3
SMALL = 1024**2
BLOCK = 3 * 1024 * 1024
"""Of base64: a multiple of three."""

GROWTH = 64 * 1024
"""KiB."""

MARK = "here the annex begins"
PROGRAM = """
import pickle, resource, sys
from dataclasses import replace
from pathlib import Path
from processors.verification.asked import Asked
from processors.verification.document import judge_document
from processors.verification.trust.store import TrustStore
from schemas.edxml import Limits
from tests.vectors.scene import NOON
reference = pickle.loads(Path(sys.argv[2]).read_bytes())
limits = Limits(packet_bytes=2 * 1024**3, attachment_bytes=2 * 1024**3)
seen = judge_document(Asked(path=Path(sys.argv[1]), receipt=NOON, limits=limits), reference, TrustStore(reference))
print(seen.indication, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def packet(folder: Path, size: int) -> Path:
    """Write a packet whose annex has so many bytes, which no packing makes smaller."""
    packed = folder / "annex.zip"
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive,
        archive.open("phu-luc.bin", "w", force_zip64=True) as out,
    ):
        for at in range(0, size, SMALL):
            out.write(hashlib.shake_128(at.to_bytes(8, "big")).digest(min(SMALL, size - at)))
    main = enclose(document(), content_id="7d0c2f6e-1c0e-4f0a-9a55-3c1f2b7a9e01", name="7-UBND.signed.pdf", at=NOON)
    annex = enclose(b"", content_id="7d0c2f6e-1c0e-4f0a-9a55-3c1f2b7a9e02", name="phu-luc.bin", at=NOON)
    whole = serialise(frame(DRAFT, {}, main, replace(annex, encoded=MARK)))
    head, _, tail = whole.partition(MARK.encode())
    path = folder / "packet.edxml"
    with path.open("wb") as out, packed.open("rb") as held:
        out.write(head)
        while block := held.read(BLOCK):
            out.write(base64.b64encode(block))
        out.write(tail)
    packed.unlink()
    return path


def judged(path: Path) -> tuple[str, int]:
    """Judge in a process of its own; return the indication and its highest resident memory (KiB)."""
    reference = path.with_suffix(".reference")
    reference.write_bytes(pickle.dumps(plain_reference()))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(path.parent)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), str(reference)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=ROOT,
    )
    indication, memory = done.stdout.split()
    return indication, int(memory)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_gigabyte(tmp_path: Path) -> None:
    """Against the same packet with a megabyte."""
    _, small = judged(packet(tmp_path, SMALL))
    indication, large = judged(packet(tmp_path, GIGABYTE))

    assert "TOTAL_PASSED" == indication
    assert large - small <= GROWTH, (small, large)
