"""S3 beside the twin: moto's server on a loopback port of its own, with S3 alone behind it.

It starts when it is first needed, since loading it takes a second or two. Nothing of it speaks to any network, and it
checks no signatures and no permissions. The state is moto's, and moto has one in a process: twins that run in one
process at the same time share their buckets.
"""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from snapshelf.errors import Busy, of_system
from snapshelf.extras import need
from snapshelf.twin.kept import Kept
from snapshelf.twin.wire import ACCOUNT, REGION, Refusal

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
ABSENT = frozenset({"NoSuchBucket", "NoSuchKey", "404"})


class Objects:
    """S3 for the twin and its clients. Threads may use it at the same time."""

    _running: ClassVar[int] = 0  # of this process; the last to close empties moto's state
    _count: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, folder: Path | None = None, port: int = 0) -> None:
        """``folder``: where buckets and objects are kept, in memory without; port 0 takes a free one."""
        self._folder, self._wanted = folder, port
        self._lock = threading.Lock()
        self._server: Any = None
        self._client: Any = None
        self.kept: Kept | None = None

    @property
    def endpoint(self) -> str:
        """What clients are given as ``endpoint_url``; starts it. Raises MissingExtra, Busy, Outside."""
        self._start()
        return f"http://127.0.0.1:{self._server.port}"

    def read(self, bucket: str, key: str, most: int) -> bytes | None:
        """An object; None where there is none. Raises Refusal for one of more than ``most`` bytes."""
        errors = need("botocore.exceptions", "twin")
        try:
            found = self._s3().get_object(Bucket=bucket, Key=key)
        except errors.ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None
            raise
        with found["Body"] as body:
            if found["ContentLength"] > most:
                text = f"The S3 object s3://{bucket}/{key} has {found['ContentLength']} bytes; at most {most} are read"
                raise Refusal(400, "ValidationException", text)
            data: bytes = body.read()
        return data

    def write(self, bucket: str, key: str, data: bytes, form: str = "application/json") -> None:
        """Put an object of a content type. Raises botocore's ClientError where there is no such bucket."""
        self._s3().put_object(Bucket=bucket, Key=key, Body=data, ContentType=form)

    def has(self, bucket: str) -> bool:
        """Whether there is such a bucket."""
        errors = need("botocore.exceptions", "twin")
        try:
            self._s3().head_bucket(Bucket=bucket)
        except errors.ClientError:
            return False
        return True

    def close(self) -> None:
        """Stop serving; without a folder everything is gone."""
        with self._lock:
            if self._server is None:
                return
            self._end()

    def _end(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._client.close()
        self._server = None
        with Objects._count:
            Objects._running -= 1
            if not Objects._running:
                _empty()

    def _s3(self) -> Any:
        self._start()
        return self._client

    def _start(self) -> None:
        with self._lock:
            if self._server is not None:
                return
            app = need("moto.moto_server.werkzeug_app", "twin").create_backend_app("s3")
            with Objects._count:
                if not Objects._running:
                    _empty()
                self._server = self._listen(_Watched(app, self) if self._folder else app)
                Objects._running += 1
            self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
            self._thread.start()
            with Objects._count:
                self._client = _client(f"http://127.0.0.1:{self._server.port}")
            try:
                self.kept = Kept(self._folder, self._client) if self._folder else None
                if self.kept:
                    self.kept.restore()
            except BaseException:
                self._end()
                raise

    def _listen(self, app: Wsgi) -> Any:
        serving = need("werkzeug.serving", "twin")
        plain = need("moto.moto_server.werkzeug_app", "twin").MotoRequestHandler
        silent = type("Silent", (plain,), {"log": lambda *_: None})
        try:
            bound = socket.create_server(("127.0.0.1", self._wanted), backlog=128)
        except OSError as error:
            if self._wanted and error.errno == errno.EADDRINUSE:
                text = f"port {self._wanted} is in use; give S3 another with --s3-port, or 0 for any free one"
                raise Busy(text) from error
            raise of_system(error) from error
        with bound:  # the server takes a copy; left to bind by itself, it would end the process where it cannot
            port = bound.getsockname()[1]
            return serving.make_server("127.0.0.1", port, app, threaded=True, request_handler=silent, fd=bound.fileno())


class _Watched:
    """The application, which keeps on disk what a request has changed before it is answered."""

    def __init__(self, app: Wsgi, objects: Objects) -> None:
        self._app, self._objects = app, objects

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request."""
        answer = self._app(environ, start_response)
        kept = self._objects.kept
        if kept and environ["REQUEST_METHOD"] in ("PUT", "POST", "DELETE"):
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").lstrip("/")
            bucket, _, key = path.partition("/")
            kept.follow(bucket, key)
        return answer


def _client(endpoint: str) -> Any:
    """A client that speaks to nothing but the endpoint: no proxies, no credentials looked for anywhere."""
    config = need("botocore.config", "twin").Config(
        s3={"addressing_style": "path"},
        proxies={},
        retries={"total_max_attempts": 1, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        max_pool_connections=32,
    )
    named = {"aws_access_key_id": "twin", "aws_secret_access_key": "twin", "region_name": REGION}
    return _session().client("s3", endpoint_url=endpoint, config=config, **named)


@cache
def _session() -> Any:
    """One for the process: what it takes long for is reading how S3 is spoken."""
    return need("boto3", "twin").session.Session()


def _empty() -> None:
    with suppress(KeyError):
        need("moto.backends", "twin").get_backend("s3")[ACCOUNT]["aws"].reset()
