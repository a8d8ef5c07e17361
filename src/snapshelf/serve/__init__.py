"""One application: API, storefront, console, figures. `create` makes it over an open shelf, `run` serves it."""

from snapshelf.serve.application import create

__all__ = ["create"]
