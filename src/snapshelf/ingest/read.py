"""Open the pictures, sounds and videos of a product: each becomes one or several views with what is to be embedded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from snapshelf import translate
from snapshelf.catalogue.products import Medium
from snapshelf.errors import BadMedia, MissingExtra, Outside
from snapshelf.media import ClipLimits, Fetcher, MediaLimits, open_image
from snapshelf.protocols import Embedded, Heard, Segmenting
from snapshelf.stack import Stack
from snapshelf.types import RATE, Clip, Item, Product

KINDS: Mapping[str, str] = {"images": "image", "audios": "audio", "videos": "video"}  # field of a product → kind
CALLED: Mapping[str, str] = {"image": "picture", "audio": "sound", "video": "video"}
Known = Mapping[str, Sequence[Medium]]  # what was last read, by reference
# Confidence from which words said in a video are kept, since nobody is there to put them right: PocketSphinx hears
# three in four sentences of a shop's words so surely, and one in twenty of other sentences (benchmarks/speech.py).
SURE = 0.6


@dataclass(frozen=True, slots=True)
class Opener:
    """How media are opened: within these limits, URLs through these fetchers, frames at most ``side`` pixels long.

    ``listen`` gives the words of a sound, None for a model that takes sound itself. ``parts`` cuts sounds longer than
    ``longest`` seconds, and videos where ``whole`` is true, for a model that does this itself. ``apart``: the sound of
    a scene is a view of its own; ``said``: so are the words in it. ``rules`` are by kind the name of what else decides
    how a file is read; with other rules it is read again.
    """

    limits: MediaLimits
    fetcher: Fetcher
    side: int
    clip_limits: ClipLimits
    clip_fetcher: Fetcher
    listen: Callable[[Clip], Heard] | None = None
    parts: Callable[[bytes | Path | Clip], list[Embedded]] | None = None
    longest: float = 0.0
    whole: bool = False
    apart: bool = False
    said: bool = False
    stop: Callable[[], None] = lambda: None  # ends what waits in ``parts``
    rules: Mapping[str, str] = field(default_factory=dict)


def opener_of(stack: Stack) -> Opener:
    """As the settings of a shelf say; it hears nothing yet."""
    from snapshelf.media.video import CUTTING

    recogniser = "" if "audio" in stack.card.modalities else stack.settings.speech.recogniser or "none"
    card, limits = stack.card, stack.clip_limits()
    said = stack.settings.speech.videos and recogniser not in ("", "none") and "text" in card.modalities
    cutting = f"{CUTTING}, sound apart" if card.parts_scenes else CUTTING
    cutting += f", said to {recogniser}" if said else ""
    rules = {"audio": recogniser or card.cuts, "video": card.cuts or cutting}
    opener = Opener(stack.limits, stack.fetcher, card.image_side, limits, stack.clip_fetcher, None, rules=rules)
    opener = replace(opener, apart=card.parts_scenes, said=said)
    if not card.cuts and not card.longest_sound:
        return opener
    embedder, dim = stack.embedder, stack.kept_dim
    if not isinstance(embedder, Segmenting):
        raise Outside(f"the card of {card.name} says that it cuts files by itself, but it does not")
    return replace(
        opener,
        parts=lambda file: embedder.parts(file, dim),
        longest=card.longest_sound,
        whole=bool(card.cuts),
        stop=embedder.stop,
    )


def listening(stack: Stack, opener: Opener, products: Sequence[Product]) -> Opener:
    """The opener of sounds for a model that takes none; it expects the words of the catalogue and of ``products``."""
    phrases = translate.phrases_of(stack, [text for one in products for text in (one.title, one.brand, one.category)])

    def listen(clip: Clip) -> Heard:
        translate.hears(stack)
        return translate.hear(stack, clip, phrases)

    return replace(opener, listen=listen)


def is_url(ref: str) -> bool:
    """Whether a reference is fetched rather than read."""
    return ref.startswith(("http://", "https://"))


def stamp(ref: str, kind: str, rules: Mapping[str, str]) -> str:
    """Size and time of a local file, and the rule it is read by; raises BadMedia when the file is not there."""
    rule = f":{rules[kind]}" if rules.get(kind) else ""
    if is_url(ref):
        return rule
    try:
        status = Path(ref).stat()
    except OSError as error:
        raise BadMedia(f"the {CALLED[kind]} {ref} is not there") from error
    return f"{status.st_size}:{status.st_mtime_ns}{rule}"


def as_read(product: Product, known: Known, rules: Mapping[str, str]) -> bool:
    """Whether every medium of a product is the one that was read last time."""
    try:
        return all(unchanged(ref, kind, known, rules) for name, kind in KINDS.items() for ref in getattr(product, name))
    except BadMedia:
        return False


def unchanged(ref: str, kind: str, known: Known, rules: Mapping[str, str]) -> list[Medium]:
    """What was last read of a file that is still the same; empty when it must be opened."""
    before = [one for one in known.get(ref, ()) if one.kind == kind or (one.kind == "sound" and kind == "video")]
    mark = stamp(ref, kind, rules)
    return before if all(one.stamp == mark for one in before) else []


def read(ref: str, kind: str, opener: Opener) -> list[tuple[Medium, Item | Embedded]]:
    """The views of one file, each with its item. Raises BadMedia, Unsupported, MissingExtra."""
    mark = stamp(ref, kind, opener.rules)
    if kind == "image":
        opened = open_image(_data(ref, opener.fetcher), limits=opener.limits, fit=opener.side)
        return [(Medium(ref, mark, opened.content, opened.width, opened.height), opened.image)]
    data = _data(ref, opener.clip_fetcher)
    return _sound(ref, mark, data, opener) if kind == "audio" else _video(ref, mark, data, opener)


def _data(ref: str, fetcher: Fetcher) -> bytes | Path:
    return fetcher.fetch(ref) if is_url(ref) else Path(ref)


def _sound(ref: str, mark: str, data: bytes | Path, opener: Opener) -> list[tuple[Medium, Item | Embedded]]:
    """One view: the sound, or the words in it, which share their embedding with the same words elsewhere."""
    from snapshelf.media.sound import open_clip

    opened = open_clip(data, opener.clip_limits)
    if opener.parts and 0 < opener.longest < len(opened.clip.samples) / RATE:
        return _parts(ref, mark, opened.content, opener.parts(opened.clip), opener.rules["audio"])
    if opener.listen is None:
        return [(Medium(ref, mark, named("audio", opened.content), kind="audio"), opened.clip)]
    words = opener.listen(opened.clip).words
    if not words:
        raise BadMedia(
            f"nothing is understood in the sound {Path(ref).name}: no speech, or none of this catalogue's words"
        )
    return [(Medium(ref, mark, named("text", words), kind="audio"), words)]


def _video(ref: str, mark: str, data: bytes | Path, opener: Opener) -> list[tuple[Medium, Item | Embedded]]:
    from snapshelf.media.container import opened as header
    from snapshelf.media.video import CUTTING, open_video

    if opener.parts and opener.whole:
        with header(data, opener.clip_limits, "video") as file:  # within the limits, before it goes anywhere
            content = file.content
        return _parts(ref, mark, content, opener.parts(data), opener.rules["video"])
    opened = open_video(data, opener.clip_limits, opener.side)
    found: list[tuple[Medium, Item | Embedded]] = []
    for one in opened.segments:
        width, height = one.frames[0].size
        what = f"{opened.content} {one.start:.1f}-{one.end:.1f} {CUTTING} {max(width, height)}"
        found.append((Medium(ref, mark, named("video", what), width, height, "video", one.start, one.end), one))
        if opener.apart and one.sound is not None and len(one.sound.samples):
            medium = Medium(ref, mark, named("sound", what), kind="sound", start=one.start, end=one.end)
            found.append((medium, replace(one, shows="sound")))
        if words := _said(one.sound, opener):
            medium = Medium(ref, mark, named("text", words), kind="sound", start=one.start, end=one.end)
            found.append((medium, words))
    return found


def _said(sound: Clip | None, opener: Opener) -> str:
    """The words in the sound of a scene; "" where none are sure, or nothing can listen: its pictures are enough."""
    if sound is None or not opener.said or opener.listen is None:
        return ""
    try:
        heard = opener.listen(sound)
    except MissingExtra:
        return ""
    return heard.words if heard.confidence >= SURE else ""


def _parts(
    ref: str, mark: str, content: str, parts: Sequence[Embedded], rule: str
) -> list[tuple[Medium, Item | Embedded]]:
    """The views of a file that the model cut, each with its vector."""
    found: list[tuple[Medium, Item | Embedded]] = []
    for one in parts:
        name = named(one.kind, f"{content} {one.start:.1f}-{one.end:.1f} {rule}")
        found.append((Medium(ref, mark, name, kind=one.kind, start=one.start, end=one.end), one))
    return found


def named(kind: str, what: str) -> str:
    """The sha256 under which an embedding is kept."""
    return hashlib.sha256(f"{kind}\0{what}".encode()).hexdigest()
