"""From what the settings name to a folder on this machine, and the revision that pins what is in it."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from snapshelf.embedders.hub.wishes import Wishes
from snapshelf.errors import BadSettings, NotHere, Outside
from snapshelf.extras import need

COMMIT = re.compile(r"[0-9a-f]{40}")
# Files of other frameworks, several times the size of the ones that are read.
OTHERS = [
    "*.onnx",
    "*.onnx_data",
    "onnx/*",
    "openvino/*",
    "coreml/*",
    "*.msgpack",
    "*.h5",
    "*.ot",
    "*.gguf",
    "*.tflite",
]
OLD_WEIGHTS = "pytorch_model*.bin"
READ = {".bin", ".jinja", ".json", ".model", ".pt", ".py", ".safetensors", ".txt"}  # what decides a folder's vectors


@dataclass(frozen=True, slots=True)
class Found:
    """A model's files. ``name`` for people and manifests; ``revision`` differs wherever the files may."""

    folder: Path
    name: str
    revision: str
    source: str


def locate(wishes: Wishes, built: str) -> Found:
    """The model's folder; fetched from the hub if it is neither a folder nor in the hub's cache.

    built: the revision of an existing shelf, taken where the settings name none.
    Raises BadSettings, MissingExtra, NotHere (with what to do), Outside.
    """
    folder = Path(wishes.model).expanduser()
    if folder.is_dir():
        return _folder(folder.resolve())
    if wishes.model.startswith((".", "/", "~")) or wishes.model.count("/") > 1 or "\\" in wishes.model:
        raise NotHere(
            f"there is no folder {wishes.model}; 'model' is a folder, or a name on the hub such as owner/model"
        )
    pinned = built.partition("+")[0]
    revision = wishes.revision or (pinned if COMMIT.fullmatch(pinned) else "main")
    folder = Path(_fetched(wishes.model, revision, wishes.offline))
    return Found(folder, wishes.model, folder.name, f"https://huggingface.co/{wishes.model}")


def licence(folder: Path) -> str:
    """What the model's own page states, "not stated" without it."""
    page = folder / "README.md"
    head = page.read_text("utf-8", "replace").split("---") if page.is_file() else []
    told = dict(re.findall(r"^(license(?:_name)?):[ \t]*[\"']?([^\s\"'#]+)", head[1], re.M)) if len(head) > 2 else {}
    return told.get("license_name") or told.get("license") or "not stated"


def _folder(folder: Path) -> Found:
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise NotHere(f"{folder} holds no model: there is neither a modules.json nor a config.json in it")
    return Found(folder, folder.name, f"files-{_digest(folder)}", str(folder))


def _digest(folder: Path) -> str:
    """Over names and contents of the files that decide the vectors; the page that describes the model is not one."""
    inside = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.suffix in READ and path.is_file())
    names = [path.as_posix() for path in inside if not any(part.startswith(".") for part in path.parts)]
    stats = [(folder / name).stat() for name in names]
    return _hashed(folder, tuple((name, s.st_size, s.st_mtime_ns) for name, s in zip(names, stats, strict=True)))


@lru_cache(maxsize=4)  # opening a shelf asks twice, and gigabytes take seconds to read
def _hashed(folder: Path, files: tuple[tuple[str, int, int], ...]) -> str:
    found = hashlib.sha256()
    for name, _, _ in files:
        with (folder / name).open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        found.update(f"{name}\0{content}\n".encode())
    return found.hexdigest()[:32]


def _fetched(model: str, revision: str, offline: bool) -> str:
    """The folder of a model in the hub's cache, named by its commit."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when the library is imported
    fetch = need("huggingface_hub", extra="hub").snapshot_download
    missing = need("huggingface_hub.errors", extra="hub")
    given: dict[str, Any] = {"revision": revision, "local_files_only": offline}
    try:
        folder: str = fetch(model, ignore_patterns=[*OTHERS, OLD_WEIGHTS], **given)
        if not any(Path(folder).glob("*.safetensors")):
            folder = fetch(model, ignore_patterns=OTHERS, **given)
    except missing.LocalEntryNotFoundError as error:
        why = "the settings say offline = true" if offline else "the hub cannot be reached"
        raise NotHere(
            f"{model} (revision {revision}) is neither a folder here nor in this machine's cache, and {why}; "
            f"where there is a network run: hf download {model}, or set 'model' to a folder that holds it"
        ) from error
    except missing.RevisionNotFoundError as error:
        raise BadSettings(
            f"{model} has no revision {revision!r} on the hub; leave 'revision' out for the newest"
        ) from error
    except missing.RepositoryNotFoundError as error:
        raise NotHere(
            f"the hub shows no model {model}; check its name; a private or gated one needs: hf auth login"
        ) from error
    except missing.HFValidationError as error:
        raise BadSettings(f"{model!r} is neither a folder nor a name on the hub such as owner/model") from error
    except (OSError, missing.HfHubHTTPError) as error:
        raise Outside(f"{model} could not be fetched from the hub: {error}") from error
    return folder
