"""Settings: one frozen value, read from ``snapshelf.toml`` and the environment. Each field carries its own sentence.

A plain dataclass and tomllib instead of a settings library: every command pays for its imports (docs/decisions).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from snapshelf.errors import BadSettings, NotHere, nearest
from snapshelf.protocols import Options

FILE = "snapshelf.toml"
PREFIX = "SNAPSHELF_"  # SNAPSHELF_STORE_NAME sets name in [store]
Section = TypeVar("Section")


def row(default: Any, sentence: str, least: float | None = None) -> Any:
    """A setting: its default, the sentence that explains it, and the least that a number may be."""
    return field(default=default, metadata={"sentence": sentence, "least": least})


@dataclass(frozen=True)
class EmbedderSettings:
    """Which model turns words and pictures into vectors."""

    name: str = row("", "embedding model; empty: the one the shelf was built with, compact for a new shelf")
    dim: int = row(0, "coordinates kept of each vector; 0: the shelf's own, the model's largest for a new shelf", 0)
    keep: int = row(0, "coordinates bought and kept, of which dim are searched; 0: as many as are searched", 0)
    options: Options = field(default_factory=dict, metadata={"sentence": "settings of that model alone"})


@dataclass(frozen=True)
class StoreSettings:
    """Which vector store finds the nearest. It is rebuilt from the catalogue, so changing it costs no embedding."""

    name: str = row("funnel", "vector store; `snapshelf stores` lists them")
    options: Options = field(default_factory=dict, metadata={"sentence": "settings of that store alone"})


@dataclass(frozen=True)
class CatalogueSettings:
    """Where products and their embeddings are kept."""

    url: str = row("", "SQLAlchemy URL; empty: SQLite inside the shelf")


@dataclass(frozen=True)
class MediaSettings:
    """Limits on pictures, sounds and videos, from files and from the network."""

    max_pixels: int = row(50_000_000, "a picture with more pixels than this is refused before it is decoded", 1)
    max_bytes: int = row(20_000_000, "a picture file larger than this is refused", 1)
    max_clip_bytes: int = row(200_000_000, "a sound or video file larger than this is refused", 1)
    max_seconds: float = row(600.0, "a sound or video longer than this is refused", 0.1)
    timeout: float = row(20.0, "seconds that fetching one URL may take in all", 0.001)
    allow_private: bool = row(False, "true lets image URLs point at this machine and its own network")


@dataclass(frozen=True)
class SpeechSettings:
    """How sound becomes words, for a model that takes none."""

    recogniser: str = row("pocketsphinx", "speech recogniser; empty: sound is refused")
    max_seconds: float = row(60.0, "a spoken query longer than this is refused", 0.1)
    phrases: str = row("", "text file of what shoppers say, one phrase a line, such as past queries")
    videos: bool = row(True, "what is said in products' videos is heard as well, where the recogniser is sure")
    options: Options = field(default_factory=dict, metadata={"sentence": "settings of that recogniser alone"})


@dataclass(frozen=True)
class SearchSettings:
    """How a search answers when it is not told otherwise."""

    k: int = row(10, "hits on a page", 1)
    lanes: str = row("exact,vector,lexical", "ways of finding candidates, joined by a comma")
    crop: str = row("", "what of a photo is meant when no box is drawn; empty: all of it; auto: what stands out, too")
    read_text: bool = row(False, "read what is printed on the thing in a photo; needs the extra ocr, and a while")
    understand: bool = row(True, "read prices, sizes, colours, brands and denials out of the words")
    cutoff: bool = row(True, "leave out what is far less relevant than the best hit, and say when nothing fits")
    false_alarms: float = row(0.02, "share of the shop's own queries that may be told that nothing fits", 0)


@dataclass(frozen=True)
class RankingSettings:
    """What moves products beside their relevance (docs/ranking.md)."""

    rules: str = row("", "file of the shop's rules; empty: rules.toml in the shelf, if it is there")
    learned: bool = row(True, "false leaves a model that `snapshelf train rerank` put into the shelf unused")
    half_life_days: float = row(30.0, "days in which a click, a sale … comes to count half", 0.01)
    prior_strength: float = row(20.0, "impressions after which a product's own rates count as much as the shop's", 0.01)


@dataclass(frozen=True)
class ServeSettings:
    """The server: API, storefront and console (docs/api.md)."""

    host: str = row("127.0.0.1", "address to listen on; 0.0.0.0 for all of this machine's")
    port: int = row(8080, "port to listen on; 0: any that is free", 0)
    workers: int = row(1, "processes that answer", 1)
    threads: int = row(1, "searches that one process works on at once; more where the model is asked over a network", 1)
    name: str = row("Snapshelf", "the shop's name, at the top of the storefront")
    style: str = row("", "style sheet of the shop's own, loaded after ours, such as shop.css (docs/storefront.md)")
    open: str = row("search,events", "what needs no key, of search, events and catalogue, joined by commas")
    consent: bool = row(True, "a photo, sound or video without a key needs the shopper's recorded consent")
    consent_days: float = row(180.0, "days after which consent is asked for again", 0.01)
    log_days: float = row(30.0, "days that the query log is kept", 0)
    cors: str = row("", "origins whose pages may call the API, joined by commas, such as https://shop.example")
    rate: str = row("600/minute", "requests of one caller, such as 600/minute; empty: any number")
    max_upload: int = row(20_000_000, "bytes of one request", 1)
    upload_seconds: float = row(30.0, "seconds that a request's body may take to arrive", 0.1)
    clip_seconds: float = row(60.0, "a sound or video sent by a shopper that is longer than this is refused", 0.1)
    oidc_issuer: str = row("", "issuer whose bearer tokens are taken, such as https://login.shop.example; empty: none")
    oidc_audience: str = row("", "audience that these tokens must name")
    oidc_scopes: str = row("scope", "claim of these tokens that holds their scopes")


@dataclass(frozen=True)
class Settings:
    """All settings. ``columns`` maps a product's field to the catalogue's column where guessing is not wanted."""

    shelf: str = row("shelf", "folder that holds the catalogue and its indexes")
    columns: Mapping[str, str] = field(
        default_factory=dict, metadata={"sentence": 'which column feeds a field, such as sku = "Item No."'}
    )
    embedder: EmbedderSettings = field(default_factory=EmbedderSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    catalogue: CatalogueSettings = field(default_factory=CatalogueSettings)
    media: MediaSettings = field(default_factory=MediaSettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    ranking: RankingSettings = field(default_factory=RankingSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from a TOML file, then from the environment. Without ``path``, ``./snapshelf.toml`` if there is one.

    Raises NotHere for a named file that does not exist, BadSettings for TOML that does not parse, a key that is
    unknown or a value of the wrong type, each with the file and the key.
    """
    found = path or Path(FILE)
    table: Mapping[str, Any] = {}
    if found.is_file():
        import tomllib

        try:
            table = tomllib.loads(found.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadSettings(f"{found}: {error}") from error
    elif path is not None:
        raise NotHere(f"there is no settings file {path}")
    settings = _read(Settings, table, str(found), "")
    settings = _from_environment(settings, os.environ if environment is None else environment)
    _check_least(settings, "")
    return settings


def template() -> str:
    """A commented ``snapshelf.toml`` in which every line shows the default."""
    lines = ["# Settings of Snapshelf. Every line below is the default; remove the # to change it.", ""]
    sections = [f for f in fields(Settings) if is_dataclass(_default(f))]
    for setting in fields(Settings):
        if setting not in sections and setting.name != "columns":
            lines += _lines(setting)
    lines += ["", f"[columns]  # {_sentence(fields(Settings), 'columns')}"]
    for section in sections:
        default = _default(section)
        lines += ["", f"[{section.name}]  # {(type(default).__doc__ or '').splitlines()[0]}"]
        for setting in fields(default):
            if setting.name != "options":
                lines += _lines(setting)
    return "\n".join(lines) + "\n"


def _lines(setting: Field[Any]) -> list[str]:
    value = _default(setting)
    shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
    return [f"# {setting.metadata['sentence']}", f"# {setting.name} = {shown}"]


def _sentence(settings: tuple[Field[Any], ...], name: str) -> str:
    return cast(str, next(s.metadata["sentence"] for s in settings if s.name == name))


def _default(setting: Field[Any]) -> Any:
    return setting.default_factory() if callable(setting.default_factory) else setting.default


def _read(kind: type[Section], table: Mapping[str, Any], file: str, prefix: str) -> Section:
    known = {f.name: _default(f) for f in fields(cast(Any, kind))}
    given: dict[str, Any] = {}
    for name, value in table.items():
        if name not in known:
            raise BadSettings(f"{file}: there is no setting {prefix}{name!r}.{nearest(name, known)}")
        default = known[name]
        if is_dataclass(default):
            if not isinstance(value, Mapping):
                raise BadSettings(f"{file}: {name!r} is a section; write [{name}]")
            given[name] = _read(type(default), value, file, f"{name}.")
        else:
            given[name] = _typed(value, default, f"{file}: {prefix}{name}")
    return kind(**given)


def _typed(value: Any, default: Any, where: str) -> Any:
    """``value`` if it has the type of ``default``; whole numbers pass as fractions."""
    if isinstance(default, Mapping):
        flat = isinstance(value, Mapping) and all(isinstance(v, bool | int | float | str) for v in value.values())
        if not flat:
            raise BadSettings(f"{where} is a table of plain values")
        return dict(value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        wanted = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}
        raise BadSettings(f"{where} is {wanted[type(default)]}, not {value!r}")
    return value


def _check_least(section: Any, prefix: str) -> None:
    for setting in fields(section):
        value, least = getattr(section, setting.name), setting.metadata.get("least")
        if is_dataclass(value):
            _check_least(value, f"{setting.name}.")
        elif least is not None and not least <= value < float("inf"):
            raise BadSettings(f"the setting {prefix}{setting.name} is at least {least}, not {value}")


def _from_environment(settings: Settings, environment: Mapping[str, str]) -> Settings:
    changed: dict[str, Any] = {}
    for top in fields(settings):
        value = getattr(settings, top.name)
        if is_dataclass(value):
            inner = {
                f.name: _variable(environment, f"{top.name}_{f.name}", getattr(value, f.name)) for f in fields(value)
            }
            changed[top.name] = replace(cast(Any, value), **inner)
        else:
            changed[top.name] = _variable(environment, top.name, value)
    return replace(settings, **changed)


def _variable(environment: Mapping[str, str], name: str, value: Any) -> Any:
    text = environment.get(PREFIX + name.upper())
    if text is None or isinstance(value, Mapping):
        return value
    try:
        if isinstance(value, bool):
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        return type(value)(text)
    except (KeyError, ValueError) as error:
        raise BadSettings(
            f"the variable {PREFIX}{name.upper()} is {text!r}, which is no {type(value).__name__}"
        ) from error
