"""Where this machine's Maven keeps its files, if there is one."""

from pathlib import Path

from lxml import etree


def local_repository(home: Path | None = None) -> Path:
    """Return the local repository: `localRepository` of ~/.m2/settings.xml, else ~/.m2/repository (which may not exist)."""
    below = (home or Path("~").expanduser()) / ".m2"
    try:
        settings = etree.fromstring(
            (below / "settings.xml").read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except (OSError, etree.XMLSyntaxError):
        return below / "repository"
    named = str(settings.findtext("{*}localRepository") or "").replace("${user.home}", str(below.parent)).strip()
    return Path(named) if named and "${" not in named else below / "repository"
