"""What the written pages name exists: files, links, commands, settings, codes, and the topics of every process."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import connectors.delivery.process
import connectors.http.process
import connectors.intake.process
import connectors.notify.process
import connectors.trust.process
from infra.cli import COMMANDS
from infra.complaints import variables
from infra.pages import PAGES, ROOT
from infra.settings import Settings
from processors.topology import FLOWS
from schemas.topics import TOPICS

PAGES_BY_HAND = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md")))
    if page.relative_to(ROOT).as_posix() not in PAGES
]
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PROCESSES = (
    "verifier",
    "router",
    "watcher",
    "intake",
    "deliver",
    "notify",
    "register",
    "trust",
    "api",
    "console",
    "outbox",
    "up",
    "play",
    "mailbox",
)
HEADINGS = ("Role", "Encapsulated data", "Messaging", "Ports", "Persistent data")
ON_LOG = PROCESSES[:8]
"""Processes that topics.yaml names."""


def missing_files(text: str, page: Path) -> Iterator[str]:
    """Yield what a page links to, or names in backticks as a file of ours, that is not there."""
    for link in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text):
        if not (page.parent / link).exists():
            yield link
    for path in re.findall(r"`((?:schemas|infra|processors|connectors|tests|docs)/[\w./-]+)`", text):
        if not (ROOT / path).exists():
            yield path


def unknown_commands(text: str, _page: Path) -> Iterator[str]:
    """Yield `lienthong WORD` where there is no such command."""
    for word in re.findall(r"(?:`|/|^|\| )lienthong (?:--json )?([a-z]+)", text, re.MULTILINE):
        if word not in COMMANDS:
            yield word


def unknown_settings(text: str, _page: Path) -> Iterator[str]:
    """Yield variables that set nothing."""
    known = {name for names in variables(Settings.model_fields).values() for name in names}
    for name in re.findall(r"\b(?:LIENTHONG|KAFKA)_[A-Z_]*[A-Z]\b(?!_)", text):
        if name not in known:
            yield name


@pytest.mark.parametrize("find", [missing_files, unknown_commands, unknown_settings])
@pytest.mark.parametrize("page", PAGES_BY_HAND, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_exists(page: Path, find: Callable[[str, Path], Iterator[str]]) -> None:
    """Links lead to files, commands and settings are those of the code."""
    assert [] == list(find(page.read_text(encoding="utf-8"), page))


def test_what_does_not_exist_is_noticed() -> None:
    """A dead link, a file that moved, a command and a setting that never were: each is named."""
    text = "[x](nowhere.md) `infra/nobody.py` `lienthong teleport` `LIENTHONG_MAGIC`"

    assert ["nowhere.md", "infra/nobody.py"] == list(missing_files(text, ARCHITECTURE))
    assert ["teleport"] == list(unknown_commands(text, ARCHITECTURE))
    assert ["LIENTHONG_MAGIC"] == list(unknown_settings(text, ARCHITECTURE))


def section(process: str) -> str:
    """Return a process' section of docs/architecture.md."""
    return ARCHITECTURE.read_text(encoding="utf-8").partition(f"\n## {process}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_has_its_five_headings(process: str) -> None:
    """Role, encapsulated data, messaging, ports, persistent data, in this order."""
    assert list(HEADINGS) == re.findall(r"^\* \*\*(.+?)\.\*\*", section(process), re.MULTILINE)


@pytest.mark.parametrize("process", ON_LOG)
def test_a_process_reads_and_writes_what_topics_yaml_says(process: str) -> None:
    """The messaging of a section is that of the declaration, no topic more or less."""
    reads, writes = re.findall(
        r"\*\*Messaging\.\*\* reads (.*?); writes (.*?)\.(?: |$)", section(process), re.MULTILINE
    )[0]

    assert [topic.name for topic in TOPICS if process in topic.consumers] == re.findall(r"`([a-z.-]+)`", reads)
    assert [topic.name for topic in TOPICS if process in topic.producers] == re.findall(r"`([a-z.-]+)`", writes)


NEEDS = {name: flow.needs for name, flow in FLOWS.items()} | {
    "intake": connectors.intake.process.NEEDS,
    "deliver": connectors.delivery.process.NEEDS,
    "notify": connectors.notify.process.NEEDS,
    "trust": connectors.trust.process.NEEDS,
    "api": connectors.http.process.NEEDS,
}


@pytest.mark.parametrize("process", NEEDS)
def test_a_process_needs_what_its_section_says(process: str) -> None:
    """The kinds of reference data without which it does not start."""
    assert f"needs {', '.join(NEEDS[process])}." in section(process)
