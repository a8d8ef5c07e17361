"""Rows of a catalogue, whatever its format → products: guessed columns, parsed cells, typed attributes.

`table` is where a format begins; `price` is what a search needs of it, and nothing is imported for that.
"""
