"""Write docs/reference.md from the code: commands, settings, adapters, errors. A test fails while it is stale.

python scripts/reference.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import typer
from typer.main import get_command

from snapshelf import config, errors, plugins
from snapshelf.cli.app import app

PAGE = Path(__file__).parents[1] / "docs" / "reference.md"


def page() -> str:
    """The whole page."""
    parts = ["# Reference", "Written by `python scripts/reference.py` from the code; do not edit.", *commands()]
    parts += [*settings(), *adapters(), *tree()]
    return "\n\n".join(parts) + "\n"


def commands() -> Iterator[str]:
    yield "## Commands"
    yield from of_group(get_command(app), "snapshelf")


def of_group(group, called: str) -> Iterator[str]:  # type: ignore[no-untyped-def]
    """The commands of a group, and those of the groups within it."""
    context = typer.Context(group, info_name=called)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if hasattr(command, "list_commands"):
            yield from of_group(command, f"{called} {name}")
            continue
        rows = [(option(one), one.help or "") for one in command.params if one.name != "help"]
        yield f"### {called} {name}\n\n{command.help}\n\n" + table(("", ""), rows)


def option(one) -> str:  # type: ignore[no-untyped-def]
    return f"`{', '.join(one.opts)}`" if one.opts[0].startswith("-") else f"`{one.name.upper()}`"


def settings() -> Iterator[str]:
    yield "## Settings\n\nIn `snapshelf.toml`, or as environment variables: `SNAPSHELF_STORE_NAME` sets `store.name`."
    rows = []
    for top in fields(config.Settings):
        value = getattr(config.Settings(), top.name)
        for one in fields(value) if is_dataclass(value) else [top]:
            name = f"{top.name}.{one.name}" if is_dataclass(value) else top.name
            default = getattr(value, one.name) if is_dataclass(value) else value
            rows.append((f"`{name}`", f"`{default!r}`", one.metadata["sentence"]))
    yield table(("setting", "default", ""), rows)


def adapters() -> Iterator[str]:
    yield "## Adapters\n\nOne file each; third parties add theirs under the entry points `snapshelf.<kind>`."
    for kind in plugins.KINDS:
        rows = []
        for name in plugins.names(kind):
            module = plugins.find(kind, name)
            told = (module.__doc__ or "").splitlines()[0]
            can = ", ".join(sorted(getattr(module, "CAN", ()))) or ", ".join(getattr(module, "SUFFIXES", ()))
            rows.append((f"`{name}`", told, can, getattr(module, "EXTRA", "") or "–"))
        if rows:
            yield f"### {kind}\n\n" + table(("name", "", "can / reads", "extra"), rows)


def tree() -> Iterator[str]:
    yield "## Errors\n\nAll are `SnapshelfError`; the command line ends with the exit status."
    rows = [
        (f"`{kind.__name__}`", str(kind.exit_code), str(kind.http_status), (kind.__doc__ or "").splitlines()[0])
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.SnapshelfError)
    ]
    yield table(("error", "exit", "HTTP", ""), rows)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
