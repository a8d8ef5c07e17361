"""Snapshelf: one search box for a shop, for words, photos, sound and video."""
