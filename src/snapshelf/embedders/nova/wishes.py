"""The options of the embedder, checked one by one, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from snapshelf.aws.nova import DIMS, MODEL, PURPOSES
from snapshelf.errors import BadSettings, nearest
from snapshelf.money import Prices
from snapshelf.pace import Patience
from snapshelf.protocols import Options

PRICES = Prices()
CHOICES: Mapping[str, tuple[str, ...]] = {
    "detail": ("STANDARD_IMAGE", "DOCUMENT_IMAGE"),
    "truncation": ("END", "START", "NONE"),
    "video": ("scenes", "whole"),
    "video_mode": ("AUDIO_VIDEO_COMBINED", "AUDIO_VIDEO_SEPARATE"),
    "same_prefix": ("unknown", "true", "false"),
    "query_purpose": ("", *PURPOSES),
    "three_gp": ("3gp", "three_gp"),
}
BOUNDS: Mapping[str, tuple[float, float]] = {
    "requests_per_minute": (1, 1e9),
    "tokens_per_minute": (1, 1e12),
    "concurrency": (1, 64),
    "attempts": (1, 100),
    "backoff_cap": (0, 600),
    "deadline": (1, 86_400),
    "timeout": (1, 600),
    "image_side": (64, 8_000),
    "segment_seconds": (1, 30),
    "poll_seconds": (0.01, 600),
    "job_seconds": (1, 86_400),
    "remembered": (0, 1_000_000),
    "budget_dollars": (0, 1e9),
    "budget_month": (0, 1e9),
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the settings ask of Nova. "" leaves region, profile and address to AWS's own variables and files.

    ``same_prefix`` says whether a vector of 256 is the first 256 coordinates of one of 3,072, renormalised: "true",
    "false" or "unknown". ``timeout``, ``deadline``, ``backoff_cap`` and what else ends in seconds are seconds.
    """

    region: str = ""
    profile: str = ""
    endpoint_url: str = ""
    model: str = MODEL
    requests_per_minute: float = 600.0
    tokens_per_minute: float = 300_000.0
    concurrency: int = 8
    attempts: int = 8
    backoff_cap: float = 20.0
    deadline: float = 180.0
    timeout: float = 60.0
    detail: str = "STANDARD_IMAGE"
    image_side: int = 1024
    truncation: str = "END"
    query_purpose: str = ""
    same_prefix: str = "unknown"
    three_gp: str = "3gp"
    video: str = "scenes"
    video_mode: str = "AUDIO_VIDEO_COMBINED"
    segment_seconds: int = 5
    s3_bucket: str = ""
    s3_prefix: str = "snapshelf/nova"
    s3_owner: str = ""
    s3_kms_key: str = ""
    s3_endpoint_url: str = ""
    poll_seconds: float = 5.0
    job_seconds: float = 7_200.0
    remembered: int = 1_024
    budget_dollars: float = 0.0
    budget_month: float = 0.0
    price_tokens: float = PRICES.tokens
    price_image: float = PRICES.image
    price_document_image: float = PRICES.document_image
    price_sound: float = PRICES.sound
    price_video: float = PRICES.video

    @property
    def prices(self) -> Prices:
        """Dollars for what calls take."""
        return Prices(
            self.price_tokens, self.price_image, self.price_document_image, self.price_sound, self.price_video
        )

    @property
    def patience(self) -> Patience:
        """How long a call that fails is tried again."""
        return Patience(self.attempts, min(0.5, self.backoff_cap), self.backoff_cap, self.deadline)

    @property
    def dims(self) -> tuple[int, ...]:
        """What the model gives, largest first."""
        return DIMS


# Written by `snapshelf aws check` for a person to read; nothing here depends on them.
NOTED = ("unit_norm", "deterministic", "checked")


def read(options: Options) -> Wishes:
    """The wishes. Raises BadSettings, naming the option that is unknown, of the wrong type, or out of range."""
    known = {field.name: field.default for field in fields(Wishes)}
    given: dict[str, Any] = {}
    for name, value in options.items():
        if name in NOTED:
            continue
        if name not in known:
            raise BadSettings(f"the nova embedder has no setting {name!r}.{nearest(name, known)}")
        given[name] = _typed(name, value, known[name])
    wishes = Wishes(**given)
    _fit(wishes)
    return wishes


def _typed(name: str, value: Any, default: Any) -> Any:
    where = f"embedder.options.{name}"
    if name == "same_prefix" and isinstance(value, bool):
        value = str(value).lower()
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not type(default):
        wanted = {int: "a whole number", float: "a number", str: "a text in quotes"}[type(default)]
        raise BadSettings(f"{where} is {wanted}, not {value!r}")
    if name in CHOICES and value not in CHOICES[name]:
        raise BadSettings(f"{where} is one of {', '.join(filter(None, CHOICES[name]))}, not {value!r}")
    low, high = BOUNDS.get(name, (0.0, 1e6))  # what is not listed is a price
    if not isinstance(value, str) and not low <= value <= high:
        raise BadSettings(f"{where} is from {low:g} to {high:g}, not {value!r}")
    return value


def _fit(wishes: Wishes) -> None:
    if wishes.video == "whole" and not wishes.s3_bucket:
        raise BadSettings(
            'embedder.options.video = "whole" needs a bucket that Nova reads from and writes to: set s3_bucket = "…", '
            'or video = "scenes"'
        )
    if wishes.s3_owner and not (wishes.s3_owner.isdecimal() and len(wishes.s3_owner) == 12):
        raise BadSettings(f"embedder.options.s3_owner is an account's twelve digits, not {wishes.s3_owner!r}")
    if not wishes.model.strip():
        raise BadSettings(f"embedder.options.model is empty; leave it out for {MODEL}")
