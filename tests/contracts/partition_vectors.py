"""Keys and the partition each belongs to, fixed for ever: a key that moved would leave its earlier events behind."""

import json
from pathlib import Path

_CONTENT = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))

PARTITIONS: int = _CONTENT["partitions"]
VECTORS: dict[str, int] = _CONTENT["keys"]
"""Key -> partition: keys of every example, document keys, delivery ids, digests, words of Vietnamese, odd lengths."""
