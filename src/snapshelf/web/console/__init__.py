"""The console, for the people of a shop. A page is one file of this folder with TITLE, ORDER, PATH and a `router`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import ModuleType

from fastapi import APIRouter

from snapshelf import plugins
from snapshelf.web.console import enter


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the navigation."""

    title: str
    order: int
    path: str
    router: APIRouter


@cache
def found() -> tuple[Page, ...]:
    """Every page of the folder, in their order."""
    made = [_page(module) for module in plugins.modules_in(__name__) if hasattr(module, "TITLE")]
    return tuple(sorted(made, key=lambda page: (page.order, page.title)))


def routers() -> list[APIRouter]:
    """The routes of the console: the way in, and its pages."""
    return [enter.router, *(page.router for page in found())]


def _page(module: ModuleType) -> Page:
    return Page(module.TITLE, module.ORDER, module.PATH, module.router)
