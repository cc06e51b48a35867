"""Commands that need a core; loaded by name from `infra.cli`."""
