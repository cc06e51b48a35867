"""PostgreSQL restarted under its users."""

from tests.chaos.fault import fault
from tests.chaos.stage import Stage


@fault("postgres-restarted", "postgres", short=False)
def postgres_restarted(stage: Stage) -> None:
    """PostgreSQL is stopped at once, is away for 10 s, and comes back; then again, politely."""
    for mode in ("immediate", "fast"):
        stage.postgres.stop(mode)
        stage.wait(10.0)
        stage.postgres.start()
        stage.wait_until_back(*stage.all_names())
