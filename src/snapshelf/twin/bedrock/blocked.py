"""What the model refuses for its content (responsible AI), as far as a test can say beforehand what that is."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from snapshelf.twin.bedrock.sources import invalid

# The guide's reasons, which it gives for segments of a job; of sound it names none of its own.
REASONS = {
    "text": "RAI_VIOLATION_INPUT_TEXT_DEFLECTION",
    "image": "RAI_VIOLATION_INPUT_IMAGE_DEFLECTION",
    "video": "RAI_VIOLATION_INPUT_IMAGE_DEFLECTION",
    "audio": "INVALID_CONTENT",
}
SAID = "The input was blocked by the model's content policy"
FILE = "sha256:"


class Blocked:
    """Phrases that no text may hold, in any case, and files by their SHA-256, written "sha256:…"."""

    def __init__(self, entries: Sequence[str] = ()) -> None:
        self._files = {one.removeprefix(FILE).lower() for one in entries if one.startswith(FILE)}
        self._phrases = [one.casefold() for one in entries if one and not one.startswith(FILE)]

    def holds(self, content: str | bytes) -> bool:
        """Whether a text, or a file, is refused."""
        if isinstance(content, bytes):
            return bool(self._files) and sha256(content).hexdigest() in self._files
        folded = content.casefold() if self._phrases else ""
        return any(phrase in folded for phrase in self._phrases)

    def check(self, kind: str, content: str | bytes) -> None:
        """Raise Refusal (ValidationException; of a call AWS does not say what it sends) for what is refused."""
        if self.holds(content):
            raise invalid(f"{SAID}: {REASONS[kind]}")
