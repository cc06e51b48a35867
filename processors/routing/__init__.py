"""Routing core: whose document, to whom, by which way; which status belongs to which delivery."""
