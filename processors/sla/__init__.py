"""SLA core: who owes what by when, and who is told when it does not come."""
