"""Commands that run until they are stopped: demo, twin, serve."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from snapshelf.cli.options import SettingsOption, ShelfOption


def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put everything.")] = Path("demo"),
    aws_twin: Annotated[
        bool,
        typer.Option("--aws-twin", help="Through Amazon Nova and S3 Vectors, answered offline by a twin."),
    ] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Then serve the shop, until it is stopped.")] = False,
    port: Annotated[
        int | None, typer.Option(help="Port to serve on; without it 8080, or one that is free.", min=0, max=65535)
    ] = None,
) -> None:
    """Render the sample shop, index it, answer three queries, and with --serve open it to click through."""
    if aws_twin:
        from snapshelf.cli import demo_aws

        demo_aws.demo(folder)
        return
    if serve:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from snapshelf.cli import demo as command

    command.demo(folder)
    if serve:
        command.serve(folder, port)


def twin(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0: any that is free.", min=0, max=65535)] = 4580,
    data: Annotated[Path | None, typer.Option(help="Folder to keep everything in; without it, in memory.")] = None,
    keys: Annotated[Path | None, typer.Option(help="JSON file of access keys, secrets and policies.")] = None,
    faults: Annotated[Path | None, typer.Option(help="TOML or JSON file of faults to make.")] = None,
    kms: Annotated[Path | None, typer.Option(help="JSON file of KMS keys that cannot be used, and why.")] = None,
    throttle: Annotated[bool, typer.Option("--throttle", help="Refuse what exceeds AWS's documented rates.")] = False,
    reads: Annotated[float, typer.Option(help="Reads per second of one index, with --throttle.", min=1)] = 500,
    requests_per_minute: Annotated[float, typer.Option(help="Calls of Nova a minute; 0: any number.", min=0)] = 0,
    tokens_per_minute: Annotated[float, typer.Option(help="Tokens of Nova a minute; 0: any number.", min=0)] = 0,
    recall_loss: Annotated[
        int | None, typer.Option(help="Lose results as AWS's approximate index does; the seed.")
    ] = None,
    classic: Annotated[bool, typer.Option("--classic", help="Make buckets as before 2026-09-30.")] = False,
    building: Annotated[float, typer.Option(help="Seconds for which an added text search is BUILDING.", min=0)] = 0,
    s3: Annotated[bool, typer.Option(help="With S3 on a port of its own.")] = True,
    s3_port: Annotated[
        int | None, typer.Option(help="Port of S3; without it, the one after --port.", min=0, max=65535)
    ] = None,
    job_seconds: Annotated[float, typer.Option(help="Seconds that an asynchronous job takes at least.", min=0)] = 0,
    purposes_differ: Annotated[
        bool, typer.Option("--purposes-differ", help="Let vectors show the purpose they were made for.")
    ] = False,
    phrases: Annotated[Path | None, typer.Option(help="File of what may be said in sounds, a phrase a line.")] = None,
    blocked: Annotated[Path | None, typer.Option(help="File of what Nova refuses for its content.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Print a line for each call.")] = False,
) -> None:
    """Answer as Amazon Nova and S3 Vectors do, offline, on a port of this machine."""
    from snapshelf.cli import twin as command

    beside = port + 1 if port else 0
    quotas = (requests_per_minute, tokens_per_minute)
    s3_at = beside if s3_port is None else s3_port
    nova = command.AskedOfNova(s3, s3_at, job_seconds, purposes_differ, phrases, blocked, *quotas)
    asked = (port, data, keys, faults, kms, throttle, reads, recall_loss, classic, building, verbose)
    command.twin(command.Asked(*asked, nova))


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; empty: as the settings say.")] = "",
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: any that is free.", min=0, max=65535)] = None,
    workers: Annotated[int, typer.Option(help="Processes that answer; 0: as the settings say.", min=0)] = 0,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
) -> None:
    """Serve the API, the storefront and the console, until it is stopped."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: its threads wait by spinning, beside each other
    from snapshelf.cli import serve as command

    command.serve(shelf, settings, host, port, workers)
