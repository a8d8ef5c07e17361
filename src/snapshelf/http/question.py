"""A search over HTTP: its parameters, what was sent with it, and how it is asked and logged."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Query, UploadFile
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from snapshelf.catalogue.queries import AskedQuery
from snapshelf.errors import BadMedia, BadQuery, Unsupported
from snapshelf.http import consent, uploads
from snapshelf.http.memo import Held
from snapshelf.http.problem import Problem
from snapshelf.http.server import Server
from snapshelf.http.who import Caller
from snapshelf.money import counting
from snapshelf.search import written
from snapshelf.types import Product, Results

LONGEST = 1_000  # characters of the words; more is an accident or an attack
MOST = 100  # hits on a page
LAST_PAGE = 1_000


class SearchWords(BaseModel):
    """What may be asked in an address."""

    model_config = ConfigDict(extra="forbid", validate_by_alias=True, validate_by_name=True)
    q: Annotated[str, Field(max_length=LONGEST, description="Words, such as 55in OLED under $1500.")] = ""
    where: Annotated[str, Field(max_length=4 * LONGEST, description="A filter, such as price < 80 and in_stock.")] = ""
    k: Annotated[int, Field(ge=1, le=MOST, description="Hits on a page.")] = 24
    page: Annotated[int, Field(ge=1, le=LAST_PAGE, description="Which page of k hits, from 1.")] = 1
    facets: Annotated[str, Field(max_length=LONGEST, description="Count the values of these: brand,color.")] = ""
    family: Annotated[bool, Field(description="One hit per family of variants.")] = False
    weights: Annotated[str, Field(max_length=LONGEST, description="How much each part counts: text=0.7,image=1.")] = ""
    lanes: Annotated[str, Field(max_length=99, description="Ways of finding candidates: exact,vector,lexical.")] = ""
    off: Annotated[str, Field(max_length=200, description="Kinds of meaning to leave alone: price,brand.")] = ""
    plain: Annotated[bool, Field(description="Take the words as they stand.")] = False
    everything: Annotated[
        bool,
        Field(
            description="Show what is hardly relevant, too.",
            validation_alias=AliasChoices("all", "everything"),
            serialization_alias="all",
        ),
    ] = False
    sort: Annotated[
        str, Field(max_length=99, description="By a number that products have instead: price, or -price downwards.")
    ] = ""
    receipts: Annotated[bool, Field(description="Give each hit its receipt.")] = False
    client: Annotated[str, Field(max_length=64, description="The shopper's id in your shop, for the query log.")] = ""


class SearchForm(SearchWords):
    """What may be sent with a photo, a sound or a video."""

    image: Annotated[list[UploadFile], Field(description="A photo; may be given several times.")] = []
    crop: Annotated[list[str], Field(description="Of each photo: left,top,right,bottom, auto or whole.")] = []
    audio: Annotated[UploadFile | None, Field(description="Spoken words.")] = None
    video: Annotated[UploadFile | None, Field(description="A video.")] = None
    consent: Annotated[str, Field(max_length=64, description="Id of the shopper's consent (POST /consents).")] = ""


# What an answer to words depends on; not how it is written down, nor who asks.
ASKED = tuple(name for name in SearchWords.model_fields if name not in ("client", "receipts"))
Words = Annotated[SearchWords, Query()]
Sent = Annotated[SearchForm, Form()]


@dataclass(frozen=True, slots=True)
class Media:
    """What was sent besides words, as bytes."""

    images: tuple[bytes, ...] = ()
    audio: bytes | None = None
    video: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with the id of its query, by which events name it; ``written``: what it was written as before.

    ``media``: what was sent for it.
    """

    query_id: str
    results: Results
    written: dict[str, bytes]
    media: Media = Media()


@dataclass(frozen=True, slots=True)
class Writing:
    """How an answer is written down: what is the same each time is written once, under this name."""

    name: str
    of: Callable[[Results], bytes]


async def ask(server: Server, caller: Caller, given: SearchWords, writing: Writing | None = None) -> Answered:
    """Search for what was sent, and log it. With ``writing``, what it makes is in ``written`` afterwards.

    Raises Problem, and what `Shelf.search` raises.
    """
    media = await _media(server, caller, given) if isinstance(given, SearchForm) else Media()
    words = given.q.strip()
    if not (words or media.images or media.audio or media.video):
        raise Problem(400, "empty_query", "there is nothing to search for; give some words in q, or a photo", "q")
    began = time.perf_counter()
    held, dollars = await _held(server, given, media, writing)
    kind = _kind(words, media, held.results)
    id = _log(server, kind, words, time.perf_counter() - began, held.results, dollars, given.client)
    return Answered(id, held.results, held.written, media)


async def similar(server: Server, product: Product, k: int, page: int, where: str = "") -> Answered:
    """What is like a product, logged as any query. Raises what `Shelf.similar` raises."""
    began = time.perf_counter()
    found = await server.search(server.shelf.similar, product.sku, k, where or None, (page - 1) * k)
    id = _log(server, "similar", product.title, time.perf_counter() - began, found)
    return Answered(id, found, {})


def _log(
    server: Server, kind: str, text: str, seconds: float, found: Results, dollars: float = 0.0, client: str = ""
) -> str:
    """Write a query down and count it; returns its id."""
    id, nothing = secrets.token_hex(8), bool(found.nothing) or not found.hits
    server.log.add(AskedQuery(id, time.time(), kind, text, seconds, len(found), nothing, dollars, client))
    server.figures.searches.labels(kind, "nothing" if nothing else "something").inc()
    return id


async def _held(server: Server, given: SearchWords, media: Media, writing: Writing | None) -> tuple[Held, float]:
    """The answer, and the dollars that it cost; from memory, for nothing, where words alone were asked before."""
    state, at = await server.state(), time.monotonic()
    key = None
    if not (media.images or media.audio or media.video):
        key = tuple(getattr(given, name) for name in ASKED)
        if held := server.memo.get(key, state, state.good_for):
            if writing and writing.name not in held.written:
                held.written[writing.name] = await server.call(writing.of, held.results)
            return held, 0.0
    results, made, dollars = await server.search(_counted, server, given, media, writing)
    held = Held(results, state, at, made)
    if key is not None:
        server.memo.put(key, held)
    return held, dollars


def _counted(
    server: Server, given: SearchWords, media: Media, writing: Writing | None
) -> tuple[Results, dict[str, bytes], float]:
    with counting() as dollars:
        found = search(server, given, media)
    return found, {writing.name: writing.of(found)} if writing else {}, sum(dollars)


async def _media(server: Server, caller: Caller, given: SearchForm) -> Media:
    purposes = [("photo", given.image), ("sound", given.audio), ("video", given.video)]
    await consent.check(server, caller, given.consent, [name for name, sent in purposes if sent])
    return Media(
        tuple([await uploads.read(one, "image") for one in given.image]),
        await uploads.clip(server, given.audio, "audio") if given.audio else None,
        await uploads.clip(server, given.video, "video") if given.video else None,
    )


def search(server: Server, given: SearchWords, media: Media) -> Results:
    """Search without a line in the log, such as for the counts beside an answer; to be called in a thread."""
    crops = [written.crop(one) for one in given.crop] if isinstance(given, SearchForm) else []
    if media.audio and not server.shelf.stack.settings.speech.recogniser:
        raise Unsupported("this shop does not listen to sound; type the words")
    try:
        return server.shelf.search(
            given.q or None,
            list(media.images) or None,
            media.audio,
            media.video,
            given.where or None,
            given.k,
            written.weights(given.weights),
            (given.page - 1) * given.k,
            "family" if given.family else None,
            written.names(given.lanes) or None,
            written.names(given.facets),
            False if given.everything else None,
            False if given.plain else None,
            written.names(given.off),
            crop=crops or None,
            sort=given.sort,
        )
    except BadQuery as error:
        raise Problem(400, "bad_query", str(error), _field(str(error))) from error
    except BadMedia as error:
        sent = ("image", media.images), ("audio", media.audio), ("video", media.video)
        names = [name for name, there in sent if there]
        raise Problem(400, "bad_media", str(error), names[0] if len(names) == 1 else "") from error


def _field(message: str) -> str:
    """Which parameter a sentence about a query speaks of."""
    named = {
        "weight": "weights",
        "crop": "crop",
        "offset": "page",
        "lanes": "lanes",
        "to count": "facets",
        "sorted": "sort",
    }
    return next((field for word, field in named.items() if word in message), "q")


def _kind(words: str, media: Media, results: Results) -> str:
    sent = (("words", words), ("photo", media.images), ("sound", media.audio), ("video", media.video))
    kinds = [name for name, there in sent if there]
    if len(kinds) > 1:
        return "mixed"
    codes = results.hits and results.hits[0].receipt and results.hits[0].receipt.code
    return "code" if codes and kinds == ["words"] else kinds[0]
