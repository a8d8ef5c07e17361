"""What a shopper agrees to before a photo, a sound or a video leaves the page."""

from __future__ import annotations

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from snapshelf.api.search import shown
from snapshelf.catalogue import consents
from snapshelf.errors import NotHere
from snapshelf.http import consent, server
from snapshelf.http.abilities import abilities
from snapshelf.http.server import Server
from snapshelf.http.who import Caller, needs

router = APIRouter(tags=["consents"])
MaySearch = Annotated[Caller, Depends(needs("search"))]


class Agreed(BaseModel):
    """What was agreed to."""

    model_config = ConfigDict(extra="forbid", strict=True)
    purposes: Annotated[
        list[Literal["photo", "sound", "video"]],
        Field(min_length=1, max_length=3, description="What may be sent to be searched with.", examples=[["photo"]]),
    ]
    wording: Annotated[str, Field(max_length=40, description="Which version of the sentence was shown.")] = ""
    client: Annotated[str, Field(max_length=64, description="The shopper's id in your shop, if you want it kept.")] = ""


@router.get("/consents/terms", summary="What to tell a shopper")
async def terms(request: Request, caller: MaySearch) -> JSONResponse:
    """How long what is sent is kept, for how long consent holds, and what can be sent: photo, sound, video, barcode."""
    serving = server.of(request)
    return shown(
        {
            "needed": serving.settings.consent,
            "wording": consent.WORDING,
            "kept_seconds": consent.KEPT_SECONDS,
            "days": serving.settings.consent_days,
            "can": await serving.call(abilities, serving),
        }
    )


@router.post("/consents", summary="Record consent", status_code=201)
async def give(request: Request, caller: MaySearch, given: Agreed) -> JSONResponse:
    """The id is to be sent with every photo, sound or video, and to take the consent back."""
    serving = server.of(request)
    id = await serving.call(_give, serving, given)
    answer = shown({"id": id, "kept_seconds": consent.KEPT_SECONDS, "days": serving.settings.consent_days})
    answer.status_code = 201
    return answer


@router.delete("/consents/{id}", summary="Take consent back")
async def withdraw(request: Request, caller: MaySearch, id: str) -> JSONResponse:
    """From now on nothing can be sent with it."""
    serving = server.of(request)
    if not await serving.call(_withdraw, serving, id):
        raise NotHere("there is no such consent, or it was taken back before")
    return shown({"withdrawn": id})


def _give(serving: Server, given: Agreed) -> str:
    with serving.shelf.stack.catalogue.write() as connection:
        return consents.give(
            connection,
            given.purposes,
            given.wording or consent.WORDING,
            consent.KEPT_SECONDS,
            given.client,
            time.time(),
        ).id


def _withdraw(serving: Server, id: str) -> bool:
    with serving.shelf.stack.catalogue.write() as connection:
        return consents.withdraw(connection, id, time.time())
