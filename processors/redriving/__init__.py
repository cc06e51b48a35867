"""Documents that operators have decided again: choosing them, looking what would change, asking the router for it (ADR 0023)."""
