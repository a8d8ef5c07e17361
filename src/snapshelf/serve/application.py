"""The application: routes, what stands before them, what happens when it starts and stops."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from snapshelf import __version__, api, web
from snapshelf.api.examples import REFUSALS
from snapshelf.catalogue import queries
from snapshelf.errors import NotHere, SnapshelfError
from snapshelf.http import handlers, server
from snapshelf.http.figures import Figures
from snapshelf.http.guard import Guard
from snapshelf.http.server import Server
from snapshelf.shelf import Shelf, open_shelf

SHELF, SETTINGS = "SNAPSHELF_SERVED_SHELF", "SNAPSHELF_SERVED_SETTINGS"
HOUR = 3600.0
TURN = 0.0005  # seconds: a search lets go of the interpreter a hundred times, and each time waits so long for its turn
SUMMARY = "One search box for a shop: words, photos, sound and video."
log = logging.getLogger("snapshelf.server")


def create(shelf: Shelf) -> FastAPI:
    """The application over an open shelf, which is closed when it stops."""
    serve, figures = shelf.stack.settings.serve, Figures()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        serving = app.state.server = server.start(shelf, figures)
        beside = [asyncio.create_task(_warm(serving)), asyncio.create_task(_tidy(serving))]
        yield
        serving.closing = True
        for task in beside:
            task.cancel()
        await asyncio.to_thread(serving.close)

    app = FastAPI(title="Snapshelf", version=__version__, summary=SUMMARY, lifespan=life, docs_url=None, redoc_url=None)
    for router in api.routers():
        app.include_router(router, responses=REFUSALS)
    for router in web.routers():
        app.include_router(router)
    handlers.install(app, web.refusal)
    app.openapi = partial(_described, app, app.openapi)  # type: ignore[method-assign]
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    origins = [one.strip().rstrip("/") for one in serve.cors.split(",") if one.strip()]
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["authorization", "content-type", "x-api-key", "x-request-id"],
            expose_headers=["x-request-id", "retry-after"],
            max_age=600,
        )
    app.add_middleware(Guard, max_bytes=serve.max_upload, seconds=serve.upload_seconds, tell=figures.count)
    return app


def _described(app: FastAPI, describe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The API's description, without the status that the framework would refuse with: here that is 400."""
    made = describe()
    for path in made["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        made.get("components", {}).get("schemas", {}).pop(name, None)
    return made


def application() -> FastAPI:
    """The application of a process that `run` started: the shelf is named in its environment."""
    sys.setswitchinterval(TURN)
    folder, settings = os.environ[SHELF], os.environ.get(SETTINGS, "")
    return create(open_shelf(folder, Path(settings) if settings else None, create=False))


async def _warm(serving: Server) -> None:
    """Answer one search of each kind, so that no shopper waits for a model to load."""
    try:
        await serving.call(_first, serving)
    except NotHere:
        pass  # an empty shelf answers, too: that nothing is indexed yet
    except SnapshelfError as error:
        log.error("the first search failed: %s", error)
        return
    except Exception:
        log.exception("the first search failed")
        return
    serving.ready = True


async def _tidy(serving: Server) -> None:
    """Forget queries of the log that are older than the settings say, once an hour."""
    while True:
        with contextlib.suppress(SnapshelfError):  # a catalogue that is busy is tidied an hour later
            await serving.call(_forget, serving)
        await asyncio.sleep(HOUR)


def _forget(serving: Server) -> None:
    with serving.shelf.stack.catalogue.write() as connection:
        queries.purge(connection, time.time() - serving.settings.log_days * 24 * HOUR)


def _first(serving: Server) -> None:
    from PIL import Image

    shelf = serving.shelf
    shelf.search("first search", k=1, facets=())
    if "image" in shelf.stack.card.modalities:
        shelf.search(image=Image.new("RGB", (64, 64), "white"), k=1)
    shelf.suggest("f", 1)
