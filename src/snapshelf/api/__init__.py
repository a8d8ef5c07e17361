"""The HTTP API: one file per group of routes. `routers` has them all; `snapshelf.serve` makes the application."""

from __future__ import annotations

from fastapi import APIRouter

from snapshelf.api import consents, events, explain, health, media, metrics, products, search, similar, suggest


def routers() -> list[APIRouter]:
    """The routes of every group."""
    groups = (search, similar, suggest, explain, products, media, events, consents, health, metrics)
    return [group.router for group in groups]
