"""The pages: storefront and console. A page of the console is one file in `console/`."""

from __future__ import annotations

from fastapi import APIRouter

from snapshelf.web import console, embed, errors, pages, store

refusal = errors.page


def routers() -> list[APIRouter]:
    """The routes of all pages."""
    return [pages.router, store.router, embed.router, *console.routers()]
