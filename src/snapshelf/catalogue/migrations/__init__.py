"""Alembic's environment; every version of the tables is one file of versions/."""
