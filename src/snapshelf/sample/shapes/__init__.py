"""Drawings, one function per kind: a canvas of 100 × 100 units and a look."""
