"""What AWS leaves open about Nova, asked of a real account: a few calls that cost a fraction of a cent.

Each probe says first what it asks and what it costs at most. What comes out is a setting, where one depends on it, and
a sentence for a person.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.aws.call import call
from snapshelf.aws.errors import is_of_one_thing
from snapshelf.aws.nova import DIMS, SYNC_SECONDS, Medium, body, invoke
from snapshelf.errors import BadInput, BadSettings, MissingExtra, SnapshelfError
from snapshelf.extras import need
from snapshelf.money import Prices
from snapshelf.pace import Patience

SAME = 1e-3  # largest difference of a coordinate between two vectors that are held to be the same
TEXTS = ("red running shoe for women, size 38", "Kaffeemühle aus Edelstahl, 15 bar")
LONG = "a plain sentence that is said again and again. "
SIDES = (8_000, 4_000, 2_048)  # pixels of a square picture, largest first
NAMES = ("3gp", "three_gp")
Setting = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer: its sentence, and the settings that follow from it, in [embedder.options]."""

    sentence: str
    settings: dict[str, Setting]


@dataclass(frozen=True, slots=True)
class Probe:
    """A question, the most that asking it costs, and how it is asked."""

    asks: str
    calls: int
    dollars: float
    ask: Callable[[Account], Finding]


class Account:
    """The model as an account sees it."""

    def __init__(self, client: Any, model: str, patience: Patience | None = None) -> None:
        self.client, self.model, self.patience = client, model, patience
        self.calls = 0

    def vector(self, medium: Medium, dim: int, purpose: str = "GENERIC_INDEX") -> NDArray[np.float32]:
        """As AWS gives it. Raises BadInput for what is refused, and what `call` raises."""
        return np.asarray(next(iter(self.answer(medium, dim, purpose).vectors.values())), np.float32)

    def answer(self, medium: Medium, dim: int, purpose: str = "GENERIC_INDEX") -> Any:
        """The whole answer."""
        payload = body(medium, purpose, dim)

        def count(_: str) -> None:
            self.calls += 1

        send = lambda: invoke(self.client, self.model, payload)  # noqa: E731
        return call("InvokeModel", send, self.patience, None, count, threading.Event(), f"this {medium.kind}")

    def refusal(self, medium: Medium, dim: int = 256) -> str:
        """Why AWS refuses a thing; "" where it takes it."""
        try:
            self.vector(medium, dim)
        except SnapshelfError as error:
            if not is_of_one_thing(error):
                raise
            return str(error)
        return ""


def probes(prices: Prices, detail: str = "STANDARD_IMAGE") -> list[Probe]:
    """Every question, the dearest last."""
    text, image = 40 / 1_000 * prices.tokens, prices.document_image if "DOC" in detail else prices.image
    long = 8_172 / 1_000 * prices.tokens
    each = len(DIMS) + 1
    return [
        Probe(
            "is a shorter vector the beginning of a longer one, are vectors of unit length, and the same every time?",
            2 * each + 2,
            2 * each * text + 2 * image,
            lambda account: _prefixes(account, detail),
        ),
        Probe("may a text have more than 8,192 characters?", 1, 9_000 / 4_000 * prices.tokens, _characters),
        Probe("is a text that is too long refused with truncation NONE, or cut?", 1, long, _truncation),
        Probe("how large may a picture be?", len(SIDES), len(SIDES) * image, lambda account: _sides(account, detail)),
        Probe("what is a 3GP file called?", 2, 2 * 2.0 * prices.video, _three_gp),
    ]


def ask(
    account: Account, asked: Sequence[Probe], tell: Callable[[Probe, Finding | None, str], None]
) -> dict[str, Setting]:
    """Ask each question and tell what came of it: a finding, or why there is none. Returns the settings.

    Raises BadSettings, Outside for what would end every other question too.
    """
    found: dict[str, Setting] = {}
    for probe in asked:
        try:
            finding = probe.ask(account)
        except (BadInput, MissingExtra) as error:
            if isinstance(error, BadSettings):
                raise
            tell(probe, None, str(error))
        else:
            found |= finding.settings
            tell(probe, finding, "")
    return found


def _prefixes(account: Account, detail: str) -> Finding:
    picture = Medium("image", data=_jpeg(256, 192), format="jpeg", detail=detail)
    media = [*(Medium("text", text=text) for text in TEXTS), picture]
    apart, lengths, again = 0.0, list[float](), 0.0
    for medium in media:
        dims = (DIMS[0], DIMS[-1]) if medium.kind == "image" else DIMS
        rows = {dim: account.vector(medium, dim) for dim in dims}
        lengths += [float(np.linalg.norm(row)) for row in rows.values()]
        whole = rows[DIMS[0]]
        for dim, row in rows.items():
            head = whole[:dim] / np.linalg.norm(whole[:dim])
            apart = max(apart, float(np.abs(head - row / np.linalg.norm(row)).max()))
        if medium.kind == "text":
            again = max(again, float(np.abs(account.vector(medium, DIMS[0]) - whole).max()))
    unit = max(abs(length - 1) for length in lengths) < SAME
    same, fixed = apart < SAME, again == 0.0
    sentence = (
        f"a shorter vector {'is' if same else 'is not'} the beginning of a longer one, renormalised (largest "
        f"difference {apart:.2g}); vectors are {'' if unit else 'not '}of unit length; the same text "
        f"{'gives the same vector' if fixed else f'differs by up to {again:.2g}'}"
    )
    return Finding(sentence, {"same_prefix": same, "unit_norm": unit, "deterministic": fixed})


def _characters(account: Account) -> Finding:
    refused = account.refusal(Medium("text", text=(LONG * 400)[:9_000]))
    return Finding(f"9,000 characters are {'refused: ' + refused if refused else 'taken'}", {})


def _truncation(account: Account) -> Finding:
    try:
        answer = account.answer(Medium("text", text=(LONG * 1_200)[:50_000], truncation="NONE"), 256)
    except BadInput as error:
        if isinstance(error, BadSettings):
            raise
        return Finding(f"50,000 characters with truncation NONE are refused: {error}", {})
    cut = "cut all the same" if answer.cut is not None else "taken"
    return Finding(f"50,000 characters with truncation NONE are {cut} ({answer.tokens} tokens)", {})


def _sides(account: Account, detail: str) -> Finding:
    refused = ""
    for side in SIDES:
        said = account.refusal(Medium("image", data=_jpeg(side, side), format="jpeg", detail=detail))
        if not said:
            before = f"; larger ones are refused: {refused}" if refused else ""
            return Finding(f"pictures of {side:,} × {side:,} pixels are taken{before}", {})
        refused = said
    return Finding(f"pictures of {SIDES[-1]:,} × {SIDES[-1]:,} pixels are refused: {refused}", {})


def _three_gp(account: Account) -> Finding:
    data, said = _film(), list[str]()
    for name in NAMES:
        refused = account.refusal(Medium("video", data=data, format=name, seconds=SYNC_SECONDS))
        if not refused:
            return Finding(f'a 3GP file is called "{name}"', {"three_gp": name})
        said.append(f"{name}: {refused}")
    return Finding("a 3GP file is taken under neither name: " + "; ".join(said), {})


def _jpeg(width: int, height: int) -> bytes:
    """Half red, half blue."""
    from PIL import Image

    picture, file = Image.new("RGB", (width, height), (200, 30, 30)), io.BytesIO()
    picture.paste((30, 60, 200), (0, 0, width // 2, height))
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def _film() -> bytes:
    """A second of red as 3GP. Raises MissingExtra."""
    from PIL import Image

    av, file = need("av", extra="media"), io.BytesIO()
    with av.open(file, "w", format="3gp") as container:
        stream = container.add_stream("mpeg4", rate=8)
        stream.width, stream.height, stream.pix_fmt = 176, 144, "yuv420p"
        for _ in range(8):
            container.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (176, 144), "red"))))
        container.mux(stream.encode(None))
    return file.getvalue()


def cost(asked: Iterable[Probe]) -> float:
    """Dollars that all questions take at most."""
    return sum(probe.dollars for probe in asked)
