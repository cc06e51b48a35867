"""Hands rows of a document system's outbox table over to intake (transactional outbox; Debezium's column names; ADR 0033).

sources   which databases are relayed, each through the door of one client system
table     the outbox table: the oldest open row of each aggregate, and what is noted in it
handing   the door: a file named by the row's id, dropped once, and the receipt of intake
relay     one round: lock, drop, wait for receipts, note
process   round after round, a thread a database
"""
