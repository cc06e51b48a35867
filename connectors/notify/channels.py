"""The ways to people: mail, or what their entry in the contacts wishes; where another way fails, a mail is written after all."""

from datetime import datetime

from connectors.notify.missives import MAIL, SMS, WEBHOOK, Missive
from connectors.notify.post import Answer, Post
from connectors.notify.webhook import Gateway
from infra.settings import Settings

TRIES = {MAIL: 10, WEBHOOK: 4, SMS: 4}
"""Of what a server turns away. A mail server that is not there costs no mail; any other way has mail behind it, and soon."""


class Channels:
    """Hands a missive over by its channel; may be called from several threads."""

    def __init__(self, settings: Settings, post: Post | None = None, gateway: Gateway | None = None) -> None:
        self._from = settings.smtp_from
        self._post, self._gateway = post or Post(settings), gateway or Gateway(settings)

    def send(self, missive: Missive, due_at: datetime, now: datetime) -> Answer:
        """Try once. A mail bears the moment at which it was due, so that a repeat is the same; a signature that of the try."""
        if missive.channel != MAIL:
            return self._gateway.send(missive, now)
        try:
            mail = missive.mail(self._from, due_at)
        except ValueError:
            return Answer(delivered=False, bounced=True, said="bad mailbox")
        return self._post.send(mail)


def again(channel: str, answer: Answer, attempt: int) -> bool:
    """Tell whether another try by the same channel may help."""
    return not answer.delivered and answer.later and (answer.unreachable or attempt < TRIES[channel])
