"""The shop's rules: edited, checked against the catalogue, tried on a query, saved."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from snapshelf.errors import SnapshelfError
from snapshelf.http import server
from snapshelf.rank.dryrun import Moved
from snapshelf.shelf import Shelf
from snapshelf.web.console import desk, rulesfile
from snapshelf.web.console.rulesfile import RulesFile
from snapshelf.web.console.ways import rules_file

TITLE, ORDER, PATH = "Rules", 30, "/console/rules"
SHOWN = 20  # places of a dry run
router = desk.router()


@router.get(PATH)
async def edit(
    request: Request,
    caller: desk.Admin,
    version: Annotated[str, Query(max_length=80)] = "",
    saved: bool = False,
) -> Response:
    """The file as it is, or an earlier version to be looked at and saved again."""
    serving = server.of(request)
    file = await serving.call(rulesfile.opened, serving.shelf.stack)
    text = await serving.call(rulesfile.version, file.path, version) if version else file.text or rulesfile.START
    return await _page(request, file, text, version=version, saved=saved)


@router.post(PATH)
async def work(
    request: Request,
    caller: desk.Admin,
    text: Annotated[str, Form(max_length=rulesfile.LONGEST)] = "",
    mark: Annotated[str, Form(max_length=64)] = "",
    q: Annotated[str, Form(max_length=1_000)] = "",
    do: Annotated[Literal["check", "try", "save", "replace"], Form()] = "check",
) -> Response:
    """Check, try on a query, save; ``replace`` saves over what somebody else has saved meanwhile."""
    serving, text = server.of(request), text.replace("\r\n", "\n")
    stack = serving.shelf.stack
    file = await serving.call(rulesfile.opened, stack)
    wrong = ""
    if do in ("save", "replace"):
        try:
            await serving.call(rulesfile.save, stack, text, file.mark if do == "replace" else mark)
            return RedirectResponse(f"{PATH}?saved=true", 303)
        except SnapshelfError as error:
            wrong = str(error)
    return await _page(request, file, text, mark=mark, q=q, wrong=wrong, tried=do == "try")


@router.post(f"{PATH}/check")
async def check(
    request: Request, caller: desk.Admin, text: Annotated[str, Form(max_length=rulesfile.LONGEST)] = ""
) -> JSONResponse:
    """What is wrong while a person writes: a sentence, and the line."""
    serving = server.of(request)
    wrong = await serving.call(rulesfile.fault, serving.shelf.stack, text.replace("\r\n", "\n"))
    return JSONResponse({"said": wrong.said if wrong else "", "line": wrong.line if wrong else 0})


async def _page(
    request: Request,
    file: RulesFile,
    text: str,
    mark: str | None = None,
    q: str = "",
    wrong: str = "",
    version: str = "",
    saved: bool = False,
    tried: bool = False,
) -> Response:
    serving = server.of(request)
    values: dict[str, Any] = {
        "file": file, "text": text, "mark": file.mark if mark is None else mark, "q": q, "wrong": wrong,
        "version": version, "saved": saved, "moved": None, "shown": SHOWN,
        "fault": await serving.call(rulesfile.fault, serving.shelf.stack, text),
    }  # fmt: skip
    values["changed"] = values["mark"] != file.mark
    if tried and not values["fault"]:
        try:
            values["moved"] = await serving.call(_moved, serving.shelf, q, text)
        except SnapshelfError as error:
            values["wrong"] = str(error)
    bad = bool(values["wrong"]) or (tried and bool(values["fault"]))
    return desk.show(request, "console/rules.html", values, 400 if bad else 200)


def _moved(shelf: Shelf, words: str, text: str) -> list[Moved]:
    """The places that rules give to the products that fit some words best."""
    with rules_file(text) as file:
        return shelf.dry_run(words, file)
