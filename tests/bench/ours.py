"""`python -m tests.bench.ours PROCESSOR RECORDS [REPLICA]`: a worker as it really runs, with marks around the settling of batches."""

import sys
from dataclasses import replace
from typing import Any

from infra.kafka.engine import Engine
from infra.kafka.records import Batch
from processors import topology
from processors.app import Preparation
from tests.bench.marks import Marks
from tests.bench.stub import judged


async def _stub(_settings: Any) -> Preparation:
    """Judge nothing: every document passes at once, so that the engine alone is measured."""
    return Preparation(prepare=judged)


def main() -> None:
    """Run until stopped."""
    name, marks = sys.argv[1], Marks(int(sys.argv[2]))
    settle = Engine.settle

    async def marked(engine: Engine, batch: Batch) -> bool:
        marks.begins()
        settled = await settle(engine, batch)
        if settled:
            marks.done(len(batch.records))
        return settled

    Engine.settle = marked  # type: ignore[method-assign,assignment] # marks around the one place through which all work goes
    flow = topology.FLOWS[name]
    if flow.prepare is not None:
        topology.FLOWS[name] = replace(flow, prepare=_stub, needs=("directory",))
    topology.run(name, replica=sys.argv[3] if len(sys.argv) > 3 else "0")


if __name__ == "__main__":
    main()
