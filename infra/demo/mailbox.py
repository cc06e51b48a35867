"""The demo's mail server: real SMTP on loopback; every mail lies as a file in its mailbox's folder.

`python -m infra.demo.mailbox FOLDER PORT`
"""

import asyncio
import re
import signal
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.durable import write_atomically


class Mailboxes:
    """Keeps each mail once a mailbox, named by its Message-ID, so that a repeated mail is recognisable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Store the mail, then take responsibility for it (RFC 5321 clause 4.2.5)."""
        content = envelope.original_content or b""
        found = re.search(rb"^Message-ID:\s*<([^>\r\n]+)>", content, re.IGNORECASE | re.MULTILINE)
        name = re.sub(r"[^A-Za-z0-9.-]", "_", found[1].decode("ascii", "replace")) if found else f"mail-{id(envelope)}"
        for mailbox in envelope.rcpt_tos:
            folder = re.sub(r"[^A-Za-z0-9.@-]", "_", mailbox)
            await asyncio.to_thread(write_atomically, self._folder / folder / f"{name[:120]}.eml", content)
        return "250 OK"


def main(folder: str, port: str) -> None:
    """Serve until asked to stop."""
    controller = Controller(Mailboxes(Path(folder)), hostname="127.0.0.1", port=int(port))
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(*sys.argv[1:])
