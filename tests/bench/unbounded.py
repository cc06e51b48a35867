"""Intake as it would be without a window: all that waits is taken in. The benchmark of fairness runs it beside the real one."""

import threading

from connectors.intake.intake import NAME
from connectors.intake.process import NEEDS, open_intake, serve
from connectors.process import prepared
from infra.content import open_content
from infra.reference import Follower

if __name__ == "__main__":
    settings, clock = prepared(NAME)
    references = Follower(settings, open_content(settings), process=NAME)
    references.start(needs=NEEDS)
    serve(open_intake(settings, clock, references), threading.Event())
