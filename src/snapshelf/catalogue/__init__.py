"""The truth: products, their pictures, and every embedding ever made. Indexes are rebuilt from here.

Each function takes a SQLAlchemy connection from `Catalogue.read` or `Catalogue.write`, so that a caller decides what
belongs into one transaction. One file per question: products, embeddings, journal, asking (filters), changes (what an
index has not seen yet).
"""

from snapshelf.catalogue.open import Catalogue, open_catalogue

__all__ = ["Catalogue", "open_catalogue"]
