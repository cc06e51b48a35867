"""Runs the revisions of one store on the connection it is given; whoever calls holds the lock and the transaction."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"])
with context.begin_transaction():
    context.run_migrations()
