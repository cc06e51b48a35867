"""The law of conservation, proven from the log alone: it shares no code path with the processors it judges."""
