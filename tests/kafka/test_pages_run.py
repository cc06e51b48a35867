"""Every block of commands in docs/integrating.md and docs/operating.md is run as it stands: here, in a demo, or by a test that is named here."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.settings import Settings
from tests.axis import until
from tests.connectors.doorway import ROOT
from tests.demo_week import told

PAGES = ("integrating.md", "operating.md")
ELSEWHERE = {
    "prometheus --config.file": ("tests/prometheus.py", "--config.file"),
    "lienthong dlq replay": ("tests/kafka/test_dlq_replay.py", '"replay"'),
}
"""How a block begins -> the test that runs its commands, and a word by which that is seen."""

SAID_ID = "cc16d8c8f84458c0a7ea7b82f61b6f9a-000.00.02.H53"
SAID_DOCUMENT = "000.00.00.H53,2026-11-26,27179/UBND-VP"
"""What the pages' example was called; here it is called otherwise."""

BEFORE = """
PS4='+ ${SECONDS}s '
set -euxo pipefail
curl() { command curl --fail-with-body "$@"; }
told() { lienthong status --digest "$(sha256sum good.edxml | cut -d' ' -f1)" --json; }
awaited() {
    for _ in $(seq 300); do
        DELIVERY=$(told | grep -o '[0-9a-f]\\{32\\}-000\\.00\\.02\\.H53' | head -1) || true
        if [ -n "$DELIVERY" ] && [ -e "var/endpoints/h53-02/inbox/$DELIVERY.edxml" ]; then return 0; fi
        sleep 0.3
    done
    return 1
}
"""
PASSWORD = "mot mat khau that dai\n"  # noqa: S105 - what the console's command asks for
LINES: Mapping[str, str] = {
    "ask h53 -N": "timeout 3 true; ask h53 -N -m 3",
    "lienthong submit bad.edxml --wait; echo $?": "! lienthong submit bad.edxml --wait",
}
"""What cannot stand in a script as a person types it: what goes on for ever, and a no that is shown."""

PAGE_SECONDS = 300.0
"""Some twenty commands, each a Python that starts; a machine under load takes ten seconds for one."""

pytestmark = [pytest.mark.alone, pytest.mark.timeout(2 * PAGE_SECONDS + 240)]


def blocks(page: str) -> list[str]:
    """Return a page's blocks of commands."""
    return re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def elsewhere(block: str) -> tuple[str, str] | None:
    """Return which test runs a block."""
    return next((test for begins, test in ELSEWHERE.items() if block.startswith(begins)), None)


def script(page: str) -> str:
    """Return the page's commands as one script."""
    said = [BEFORE]
    for block in blocks(page):
        if elsewhere(block):
            continue
        text = block.replace(SAID_ID, "$DELIVERY").replace(SAID_DOCUMENT, "$(told | head -1 | field document_id)")
        if "DELIVERY" in text:
            said.append("awaited\n")
            text = re.sub(r"(?<!\$)DELIVERY", "$DELIVERY", text)
        for typed, run in LINES.items():
            text = text.replace(typed, run)
        if "-m 3" in text:
            text = f"({text.strip()}\n) || [ $? = 28 ]\n"
        said.append(text)
    return "\n".join(said)


@contextmanager
def demo(settings: Settings, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the demo on real time, so that its people are slower than we are."""
    settings.var.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "infra", "up", "--demo", "--clock", "real", "--packets", "10"]
    with (folder / "up.out").open("wb") as out:
        running = subprocess.Popen(
            command, cwd=ROOT, env=told(settings), stdout=out, stderr=out, start_new_session=True
        )
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(40)


@pytest.mark.parametrize("page", PAGES)
def test_each_block_is_run_by_somebody(page: str) -> None:
    """Here, or by the test that is named, which still does."""
    found = [test for block in blocks(page) if (test := elsewhere(block))]

    assert blocks(page)
    assert [] == [(file, word) for file, word in found if word not in (ROOT / file).read_text(encoding="utf-8")]


@pytest.mark.slow  # `.ci/run` asks for it by name, too
def test_the_pages_commands_work(settings: Settings, tmp_path: Path) -> None:
    """Typed one after the other while the demo runs; a call that is refused, and a command that fails, end it."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "var").symlink_to(settings.var)
    (place / "reference").symlink_to(ROOT / "infra" / "demo" / "reference")
    field = 'field() { python3 -c "import json,sys; print(json.load(sys.stdin)[sys.argv[1]])" "$@"; }\n'
    with demo(settings, tmp_path) as running:
        until(lambda: (settings.run_folder / "api.port").exists() or running.poll() is not None, seconds=120)
        until((settings.run_folder / "preflight.sock").exists, seconds=120)
        for page in PAGES:
            env = told(settings) | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
            said = tmp_path / f"{page}.out"
            with said.open("wb") as out:
                done = subprocess.run(
                    ["bash", "-c", field + script(page)], cwd=place, env=env, input=PASSWORD.encode(), stdout=out,
                    stderr=out, timeout=PAGE_SECONDS, check=False,
                )  # fmt: skip
            assert 0 == done.returncode, said.read_text(errors="replace")[-3000:]
