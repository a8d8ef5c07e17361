"""InvokeModel: one item in, its vector out, or two where a video's pictures and sound are embedded separately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from snapshelf.twin.bedrock import media, price, schema, sources, words
from snapshelf.twin.bedrock.blocked import Blocked
from snapshelf.twin.bedrock.encode import Encoder, Row, sized, written
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.bedrock.shapes import MODALITIES, PARAMS, REQUESTS, SINGLE
from snapshelf.twin.bedrock.sources import SYNC, Objects
from snapshelf.twin.wire import JSON, Answer

TOKENS = "x-amzn-bedrock-input-token-count"
LARGEST_DIM = 3072
ENVELOPE = {"schemaVersion", "taskType", *PARAMS.values()}


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an item: its vectors by type, the tokens, the characters that were read if not all, the price."""

    vectors: Sequence[tuple[str, Row]]
    charges: price.Charges
    tokens: int = 0
    read: int | None = None


def invoke(request: Any, encoder: Encoder, objects: Objects | None, settings: Settings) -> Answer:
    """The answer to a request, None for one that is no JSON. Raises Refusal."""
    params = params_of(request, SINGLE)
    made = embed(params, encoder, objects, settings)
    purpose = params["embeddingPurpose"] if settings.purposes == "differ" else ""
    listed = [
        f'{{"embeddingType":"{kind}","embedding":{written(sized(row, dimension(params), purpose))}'
        + (f',"truncatedCharLength":{made.read}' if made.read is not None else "")
        + "}"
        for kind, row in made.vectors
    ]
    told = f'{{"embeddings":[{",".join(listed)}]}}'
    return Answer(200, told.encode(), {"Content-Type": JSON, TOKENS: str(made.tokens)}, made.charges)


def params_of(request: Any, task: str) -> Mapping[str, Any]:
    """The parameters of a task, checked. Raises Refusal."""
    if request is None:
        raise schema.malformed()
    if not isinstance(request, dict):
        raise schema.malformed(f"#: expected type: JSONObject, found: {schema.kind_of(request)}")
    if not ENVELOPE & set(request):  # taken for a request to a model that chats
        raise schema.malformed("#: required key [messages] not found")
    schema.check(REQUESTS[task], request)
    found: Mapping[str, Any] = request[PARAMS[task]]
    return found


def dimension(params: Mapping[str, Any]) -> int:
    """Coordinates that were asked for."""
    return int(params.get("embeddingDimension", LARGEST_DIM))


def modality(params: Mapping[str, Any]) -> str:
    """The one modality of a request that was checked."""
    return next(name for name in MODALITIES if name in params)


def embed(params: Mapping[str, Any], encoder: Encoder, objects: Objects | None, settings: Settings) -> Made:
    """Embed one item. Raises Refusal."""
    kind = modality(params)
    medium, blocked = params[kind], Blocked(settings.blocked)
    if kind == "text":
        text = sources.text(medium, objects)
        blocked.check(kind, text)
        return _text(text, medium["truncationMode"], encoder)
    data = sources.file(kind, medium, objects)
    blocked.check(kind, data)
    if kind == "image":
        document = medium.get("detailLevel") == "DOCUMENT_IMAGE"
        charges = price.of_image(document, settings.document_image)
        return Made([("IMAGE", encoder.image(media.image(data)))], charges)
    if kind == "audio":
        clip = media.sound(data, SYNC)
        return Made([("AUDIO", encoder.sound(clip))], price.of_audio(clip.end))
    film = media.film(data, SYNC)
    rows = video(film, 0.0, film.seconds, medium["embeddingMode"], encoder)
    return Made(rows, price.of_video(film.seconds))


def video(film: media.Film, start: float, end: float, mode: str, encoder: Encoder) -> list[tuple[str, Row]]:
    """The vectors of a part of a video; a silent one has no AUDIO."""
    frames = film.frames(start, end)
    clip = media.between(film.sound, start, end) if film.sound is not None else None
    if mode == "AUDIO_VIDEO_COMBINED":
        return [("AUDIO_VIDEO_COMBINED", encoder.video(frames, clip))]
    seen = ("VIDEO", encoder.video(frames, None))
    return [seen] if clip is None else [seen, ("AUDIO", encoder.sound(clip))]


def _text(text: str, mode: str, encoder: Encoder) -> Made:
    read = words.read(text, mode)
    if read is None:
        raise sources.invalid(
            f"The text has more than {words.MOST_TOKENS} tokens; shorten it, or set truncationMode to START or END"
        )
    row = encoder.text(read.text)
    return Made([("TEXT", row)], price.of_text(read.tokens), read.tokens, len(read.text) if read.cut else None)
