"""What a shopper may send to this shop besides words, by its model, its settings and the extras that are installed."""

from __future__ import annotations

from importlib.util import find_spec

from snapshelf.http.server import Server


def abilities(server: Server) -> dict[str, bool]:
    """photo, sound, video: whether each is searched with; barcode: whether one in a photo is read.

    Pages show a button for each that is. To be called in a thread, as it may read the shelf. Raises what `Stack.card`
    does.
    """
    stack = server.shelf.stack
    takes, clips = stack.card.modalities, find_spec("av") is not None
    photo = "image" in takes
    return {
        "photo": photo,
        "sound": clips and "text" in takes and _listens(stack.settings.speech.recogniser),
        "video": clips and (photo or "video" in takes),
        "barcode": photo and find_spec("zxingcpp") is not None,
    }


def _listens(recogniser: str) -> bool:
    """Whether a recogniser is set, and its package is here; a third party's answers for its own."""
    return bool(recogniser) and (recogniser != "pocketsphinx" or find_spec("pocketsphinx") is not None)
