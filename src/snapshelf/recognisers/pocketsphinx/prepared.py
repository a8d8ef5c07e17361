"""The files that PocketSphinx reads, made of a shop's phrases once per state and kept beside its indexes."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from snapshelf.protocols import Phrases
from snapshelf.recognisers.pocketsphinx import language, sounds

VERSION = "1"  # another number: files made by other rules are not used
SHOP, MODEL, DICTIONARY, SUM = "shop.txt", "model.arpa", "words.dict", "sha256"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Where the files are, and the shop's own words."""

    model: Path
    dictionary: Path
    shop: frozenset[str]


@contextmanager
def prepare(phrases: Phrases, cmudict: Path) -> Iterator[Prepared]:
    """The files for phrases, as kept in their folder, else made and kept there; without a folder, while needed.

    What was kept for other phrases is dropped, and what is damaged made again. A folder that cannot be written to is
    no reason to fail.
    """
    name = f"pocketsphinx-{hashlib.sha256(f'{VERSION} {phrases.mark}'.encode()).hexdigest()[:16]}"
    kept = phrases.folder / name if phrases.folder else None
    if kept and _is_whole(kept):
        yield _read(kept)
        return
    with tempfile.TemporaryDirectory(prefix="snapshelf-") as temporary:
        made = Path(temporary)
        _make(phrases, cmudict, made)
        if kept:
            with suppress(OSError):
                _keep(made, kept)
        yield _read(made)


def _make(phrases: Phrases, cmudict: Path, folder: Path) -> None:
    built = language.model(phrases.read())
    known = sounds.cmudict(cmudict)
    said = "".join(f"{word} {ways}\n" for word, ways in sounds.dictionary(built.words, known))
    (folder / MODEL).write_text(built.arpa, encoding="utf-8")
    (folder / DICTIONARY).write_text(said, encoding="utf-8")
    (folder / SHOP).write_text("\n".join(sorted(built.shop)), encoding="utf-8")
    (folder / SUM).write_text(_sum(folder), encoding="utf-8")


def _is_whole(folder: Path) -> bool:
    try:
        return (folder / SUM).read_text("utf-8") == _sum(folder)
    except (OSError, UnicodeDecodeError):
        return False


def _sum(folder: Path) -> str:
    return hashlib.sha256(b"\0".join((folder / name).read_bytes() for name in (SHOP, MODEL, DICTIONARY))).hexdigest()


def _keep(made: Path, kept: Path) -> None:
    """Put the files into place at once; another process that was quicker made the same."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=kept.parent, prefix="."))
    try:
        shutil.copytree(made, beside, dirs_exist_ok=True)
        shutil.rmtree(kept, ignore_errors=True)
        beside.replace(kept)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    for old in kept.parent.glob("pocketsphinx-*"):
        if old != kept:
            shutil.rmtree(old, ignore_errors=True)


def _read(folder: Path) -> Prepared:
    return Prepared(folder / MODEL, folder / DICTIONARY, frozenset((folder / SHOP).read_text("utf-8").split()))
