"""Nothing goes wrong: what the other rows are compared with."""

from tests.chaos.fault import fault
from tests.chaos.stage import Stage


@fault("calm", "one", "many")
def calm(stage: Stage) -> None:
    """Nothing at all, for 15 s."""
    stage.wait(15.0)
