"""What Alembic runs: `env.py` for every store, and the revisions of the engine's own tables in `versions`."""
