"""Tells officials by mail what the alerts say: by name, in Vietnamese, once a person and alert."""
