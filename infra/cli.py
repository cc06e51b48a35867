"""`lienthong`: commands are named as strings and loaded when called, so that help is quick and floors stay apart."""

import importlib
import logging
from typing import Any

import click

from infra import logs
from infra.commands import global_options

COMMANDS = {
    "up": "infra.commands.up:up",
    "down": "infra.commands.down:down",
    "compose": "infra.commands.compose:compose",
    "submit": "connectors.commands.submit:submit",
    "status": "connectors.commands.status:status",
    "owes": "connectors.commands.owes:owes",
    "inbox": "connectors.commands.inbox:inbox",
    "ack": "connectors.commands.ack:ack",
    "read": "infra.commands.read:read",
    "verify": "processors.commands.verify:verify",
    "route": "processors.commands.route:route",
    "deadline": "processors.commands.deadline:deadline",
    "agency": "infra.commands.agency:agency",
    "preflight": "processors.commands.preflight:preflight",
    "topics": "infra.commands.topics:topics",
    "reference": "infra.commands.reference:reference",
    "outage": "infra.commands.outage:outage",
    "dlq": "infra.commands.dlq:dlq",
    "redrive": "processors.commands.redrive:redrive",
    "doctor": "infra.commands.doctor:doctor",
    "audit": "infra.commands.audit:audit",
    "console": "connectors.commands.console:console",
    "crl": "connectors.commands.crl:crl",
    "revoked": "connectors.commands.revoked:revoked",
    "report": "connectors.commands.report:report",
    "bench": "infra.commands.bench:bench",
}

SAYS = {
    "up": "start the axis in the foreground, with the demo province if asked",
    "down": "end whatever an earlier `up` left behind",
    "compose": "make and sign a packet with the demo PKI",
    "submit": "hand packets over through the intake",
    "status": "the story of a document; first who owes what by when",
    "owes": "open obligations of an agency",
    "inbox": "what waits for an agency",
    "ack": "say a status for a delivery (sandbox and support)",
    "read": "what the axis reads in an edXML packet or status",
    "verify": "are the signatures good, and why (not)",
    "route": "where would a packet go, and why",
    "deadline": "when is what owed, step by step",
    "agency": "who is meant by a code on a day, and why",
    "preflight": "would a packet arrive, and what would be owed then; nothing is sent",
    "topics": "compare the broker with topics.yaml, or make it so",
    "reference": "check, compare, publish and show reference data",
    "outage": "announce that an agency's system is away, so that its clocks stand still",
    "dlq": "dead letters, each with reason and coordinates",
    "redrive": "decide documents again by today's reference data; nobody gets a second copy",
    "doctor": "what is wrong with this machine and axis, and how to mend it",
    "audit": "the law of conservation over all topics",
    "console": "accounts of the web console",
    "crl": "fetch revocation lists now, and publish those that are new and sound",
    "revoked": "accepted documents that a certificate or CA had a part in",
    "report": "use of the axis, interconnection, evaluation, league table, and the daily lists",
    "bench": "how fast it is, beside its rivals",
}
"""One line each for the list, so that the list needs no command's module."""


class Lazy(click.Group):
    """Imports a command's module only when the command is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names, in the order above."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import and return one command."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SAYS.items()))


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example:  lienthong up --demo     Exit: 0 yes or done, 1 the answer is no, 2 usage or environment.",
)
@global_options
def cli(**_options: Any) -> None:
    """Trục liên thông văn bản: exchanges digitally signed documents between agencies."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0, 1 or 2."""
    logs.configure("lienthong", level=logging.WARNING)  # to stderr: stdout is for answers
    cli.main(arguments, prog_name="lienthong")
