"""The process `notify`."""

from connectors.notify.core import NotifyCore
from connectors.process import prepared, run_core
from infra.errors import EnvironmentFaultError
from infra.settings import Settings

NAME = "notify"
NEEDS = ("directory", "contacts", "calendar", "sla")
"""Reference data without which nobody can be told at the right moment, by name."""


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings, clock = prepared(NAME)
    require_safe_login(settings)
    run_core(NAME, settings, clock, lambda settings, _clock: NotifyCore(settings), needs=NEEDS)


def require_safe_login(settings: Settings) -> None:
    """Raise `EnvironmentFaultError` where a login has no password, or would show it to everybody on the way."""
    if settings.smtp_user and not (settings.smtp_starttls and settings.smtp_password_file):
        raise EnvironmentFaultError(
            "LIENTHONG_SMTP_USER needs LIENTHONG_SMTP_PASSWORD_FILE, and LIENTHONG_SMTP_STARTTLS=true to send it",
            "set all three, or none",
        )
