"""Commands that need a connector."""
