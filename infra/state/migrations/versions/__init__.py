"""The revisions of the engine's tables, in their order."""
