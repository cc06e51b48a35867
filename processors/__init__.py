"""Pure cores (verification, routing, sla) in a thin Faust shell (topology > app > transport). Meets connectors only on topics."""
