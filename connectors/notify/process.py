"""The process `notify`."""

from connectors.notify.core import NotifyCore
from connectors.process import prepared, run_core
from infra.errors import EnvironmentFaultError
from infra.settings import Settings

NAME = "notify"
NEEDS = ("directory", "contacts", "calendar", "sla")
"""Reference data without which nobody can be told at the right moment, by name."""


MAILS_AT_ONCE = 20
"""Of one transaction: a mail is slow, and what was sent and not settled when the process is killed is sent again."""


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings, clock = prepared(NAME)
    require_safe_login(settings)
    run_core(
        NAME,
        settings,
        clock,
        lambda settings, clock: NotifyCore(settings, clock=clock),
        needs=NEEDS,
        timers_at_once=MAILS_AT_ONCE,
    )


def require_safe_login(settings: Settings) -> None:
    """Raise `EnvironmentFaultError` where a login has no password, or would show it to everybody on the way."""
    if settings.smtp_user and not (settings.smtp_starttls and settings.smtp_password_file):
        raise EnvironmentFaultError(
            "LIENTHONG_SMTP_USER needs LIENTHONG_SMTP_PASSWORD_FILE, and LIENTHONG_SMTP_STARTTLS=true to send it",
            "set all three, or none",
        )
