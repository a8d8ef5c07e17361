"""Adapters: one file each, found by its name (snapshelf.plugins)."""
