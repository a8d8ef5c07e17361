"""Jobs: what is being indexed and how far it is, what was refused and why; a catalogue to be indexed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from snapshelf.catalogue import jobs
from snapshelf.catalogue.jobs import Job
from snapshelf.errors import BadInput, SnapshelfError
from snapshelf.http import server
from snapshelf.http.server import Server
from snapshelf.web.console import desk, indexing

TITLE, ORDER, PATH = "Jobs", 60, "/console/jobs"
SHOWN = 30
router = desk.router()


@router.get(PATH)
async def show(request: Request, caller: desk.Admin) -> Response:
    """The newest runs of indexing, those under way with their progress."""
    return await _page(request)


@router.post(PATH)
async def start(request: Request, caller: desk.Admin) -> Response:
    """Index a file that is sent, or one that lies on the server."""
    serving, form = server.of(request), await request.form()
    sent, path, images = form.get("file"), str(form.get("path", "")).strip(), str(form.get("images", "")).strip()
    try:
        if isinstance(sent, UploadFile) and sent.filename:
            place = await serving.call(indexing.keep, serving, sent.filename, await sent.read())
        elif path:
            place = Path(path)
        else:
            raise BadInput("choose a file, or write the path of one on the server")
        await serving.call(indexing.begin, serving, place, images, bool(form.get("keep_missing")))
    except SnapshelfError as error:
        return await _page(request, str(error), path, images)
    return RedirectResponse(PATH, 303)


async def _page(request: Request, wrong: str = "", path: str = "", images: str = "") -> Response:
    serving = server.of(request)
    values: dict[str, Any] = {
        "jobs": await serving.call(_every, serving), "wrong": wrong, "path": path, "images": images,
        "now": time.time(), "most": serving.settings.max_upload, "took": took,
    }  # fmt: skip
    template = "console/jobs-list.html" if request.headers.get("x-fragment") else "console/jobs.html"
    return desk.show(request, template, values, 400 if wrong else 200)


def took(job: Job, now: float) -> str:
    """ "12 s", "3 min 5 s"."""
    minutes, seconds = divmod(round((now if job.ended is None else job.ended) - job.began), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _every(serving: Server) -> list[Job]:
    with serving.shelf.stack.catalogue.read() as connection:
        return jobs.every(connection, SHOWN)
