"""How this twin's Bedrock differs from the plainest one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from snapshelf.twin.bedrock.price import DOCUMENT_IMAGE

REGIONS = ("us-east-1", "us-gov-west-1")


@dataclass(frozen=True, slots=True)
class Settings:
    """See docs/twin.md.

    purposes: "differ" turns every purpose's vectors a little, so that a test sees which one was asked for.
    job_seconds: how long a job says InProgress, at least. document_image: dollars of a DOCUMENT_IMAGE. regions: where
    the model is offered; elsewhere its identifier is invalid. phrases: what may be said in sounds and videos; without
    any, the wares of the sample shop. blocked: phrases, and files as "sha256:…", that the model refuses for their
    content.
    """

    purposes: Literal["same", "differ"] = "same"
    job_seconds: float = 0
    document_image: float = DOCUMENT_IMAGE
    regions: tuple[str, ...] = REGIONS
    phrases: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
