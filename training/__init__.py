"""Trains the `compact` encoder and measures it. Never imported by the package; see docs/models/compact.md."""
