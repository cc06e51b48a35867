"""Playing the demo province's week from outside, as a person or a script does, and auditing what it left."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from infra.settings import Settings, environment


def told(settings: Settings) -> dict[str, str]:
    """Return the environment of commands that speak of this axis."""
    return environment() | {
        "LIENTHONG_VAR": str(settings.var),
        "LIENTHONG_TOPIC_PREFIX": settings.topic_prefix,
        **({"KAFKA_BOOTSTRAP": settings.kafka_bootstrap} if settings.kafka_bootstrap else {}),
    }


@contextmanager
def week(
    settings: Settings, said: Path, *more: str, release: Mapping[str, str] = MappingProxyType({})
) -> Iterator[subprocess.Popen[bytes]]:
    """Play a week; whatever happens, nothing of it is left running. `release`: variables that name other software than this tree's."""
    command = [sys.executable, "-m", "infra", "up", "--demo", "--until-settled", "--json", *more]
    with said.open("wb") as out, (said.with_suffix(".err")).open("wb") as err:
        running = subprocess.Popen(
            command, stdout=out, stderr=err, env={**told(settings), **release}, start_new_session=True
        )
        try:
            yield running
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGTERM)
                running.wait(30)


def audit(
    settings: Settings, *, release: Mapping[str, str] = MappingProxyType({}), seconds: float = 120.0
) -> tuple[int, Mapping[str, Any]]:
    """Run the audit, with further variables; return its exit code and answer, or what it said where it has none."""
    command = [sys.executable, "-m", "infra", "audit", "--json"]
    done = subprocess.run(command, env={**told(settings), **release}, capture_output=True, timeout=seconds, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else {"said": done.stderr.decode(errors="replace")}
