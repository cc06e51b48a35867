"""Our own doors to the outside world (not Kafka Connect): intake, delivery, notify, register. Never imports `processors`."""
