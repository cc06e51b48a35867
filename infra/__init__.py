"""The machines: Kafka, state, content store, settings, clock, metrics, supervisor. Imports `schemas` only."""
