"""Revisions of the API's tables."""
