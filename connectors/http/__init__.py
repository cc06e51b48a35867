"""The HTTP door: clients hand packets over, ask what became of them, and empty their agencies' inboxes; it decides nothing."""
