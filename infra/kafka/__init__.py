"""Kafka: a real node for one machine, clients, topics, and the batch contract that every consumer follows."""
