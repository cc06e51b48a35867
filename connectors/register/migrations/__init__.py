"""The revisions of the register's tables, in their order."""
