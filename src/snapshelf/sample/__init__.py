"""The sample shop: drawn by our own code from a seed, so that the first five minutes need nothing.

`render` writes a catalogue, its pictures, customers' photos of the same things, and judged queries.
"""

from snapshelf.sample.shop import render

__all__ = ["render"]
