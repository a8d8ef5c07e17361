"""The options of the store, checked one by one, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from snapshelf.errors import BadSettings, nearest
from snapshelf.protocols import Options
from snapshelf.stores.s3vectors import limits

ENCRYPTIONS = ("AES256", "aws:kms")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the settings ask of S3 Vectors.

    ``index`` is the stem of the names of its indexes. ``non_filterable`` holds the fields of ``text`` too.
    """

    bucket: str
    index: str = "snapshelf"
    region: str = ""
    profile: str = ""
    endpoint_url: str = ""
    encryption: str = ""
    kms_key: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    non_filterable: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    language: str = ""
    shard_by: str = ""
    requests_per_second: float = limits.REQUESTS_PER_SECOND
    vectors_per_second: float = limits.VECTORS_PER_SECOND
    concurrency: int = 8


def wanted(options: Options) -> Wanted:
    """The options as a value. Raises BadSettings for one that is unknown, of the wrong type, or impossible.

    Lists are texts with commas: ``non_filterable = "title,url"``, ``tags = "team=shop,stage=live"``.
    """
    known = [one.name for one in fields(Wanted)]
    for name in options:
        if name not in known:
            raise BadSettings(f"the s3vectors store has no setting {name!r}.{nearest(name, known)}")
    given: dict[str, Any] = {name: _typed(name, value) for name, value in options.items()}
    if not given.get("bucket"):
        raise BadSettings('the s3vectors store needs the name of a vector bucket: set bucket = "…" in [store.options]')
    given["non_filterable"] = tuple(dict.fromkeys((*given.get("non_filterable", ()), *given.get("text", ()))))
    made = Wanted(**given)
    _check(made)
    return made


def _typed(name: str, value: Any) -> Any:
    if name == "tags":
        return _tags(_text(name, value))
    if name in ("non_filterable", "text"):
        return tuple(part.strip() for part in _text(name, value).split(",") if part.strip())
    if name in ("requests_per_second", "vectors_per_second"):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise BadSettings(f"store.options.{name} is a number above 0, not {value!r}")
        return float(value)
    if name == "concurrency":
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 64:
            raise BadSettings(f"store.options.concurrency is a whole number from 1 to 64, not {value!r}")
        return value
    return _text(name, value).strip()


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadSettings(f"store.options.{name} is a text in quotes, not {value!r}")
    return value


def _tags(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not 1 <= len(name) <= limits.TAG_KEY or len(value) > limits.TAG_VALUE:
            raise BadSettings(f'store.options.tags are written "team=shop,stage=live"; {part!r} is no tag')
        found[name] = value
    return found


def _check(made: Wanted) -> None:
    if not limits.is_bucket(made.bucket):
        raise BadSettings(
            f"store.options.bucket is {made.bucket!r}; a vector bucket's name has 3 to 63 small letters, digits and "
            "hyphens, and begins and ends with a letter or digit"
        )
    if not limits.is_index(made.index + "-4096-g1") or len(made.index) > 24:
        raise BadSettings(
            f"store.options.index is {made.index!r}; it has up to 24 small letters, digits, hyphens and dots, since "
            "dimension, generation and shard are added to it"
        )
    if made.encryption not in ("", *ENCRYPTIONS):
        raise BadSettings(f"store.options.encryption is AES256 or aws:kms, not {made.encryption!r}")
    if made.kms_key and made.encryption != "aws:kms":
        raise BadSettings('store.options.kms_key goes with encryption = "aws:kms"')
    if made.kms_key and ":key/" not in made.kms_key:
        raise BadSettings(
            f"store.options.kms_key is {made.kms_key!r}; S3 Vectors wants the key's whole ARN "
            "(arn:aws:kms:region:account:key/…), no alias"
        )
    if len(made.tags) > limits.TAGS - 5:
        raise BadSettings(f"store.options.tags has {len(made.tags)} tags; Snapshelf leaves room for {limits.TAGS - 5}")
    _check_fields(made)


def _check_fields(made: Wanted) -> None:
    if len(made.text) > limits.TEXTS:
        raise BadSettings(f"store.options.text names {len(made.text)} fields; an index takes {limits.TEXTS}")
    if len(made.non_filterable) > limits.NON_FILTERABLE:
        raise BadSettings(
            f"store.options.non_filterable and text name {len(made.non_filterable)} fields; an index takes "
            f"{limits.NON_FILTERABLE}"
        )
    long = next((name for name in made.non_filterable if len(name) > limits.NAME_LENGTH), None)
    if long:
        raise BadSettings(f"the field {long!r} has {len(long)} characters; a declared one has {limits.NAME_LENGTH}")
    if made.shard_by in made.non_filterable:
        raise BadSettings(
            f"store.options.shard_by is {made.shard_by!r}, which cannot be filtered by: it is listed as text"
        )
    if made.language and not made.text:
        raise BadSettings('store.options.language goes with text = "title,…"')
