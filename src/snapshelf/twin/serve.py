"""The twin's server: one loopback port, HTTP/1.1 with connections kept alive, a thread for each connection."""

from __future__ import annotations

import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

from snapshelf.errors import Busy, of_system
from snapshelf.twin.gate import Gate
from snapshelf.twin.objects import Objects
from snapshelf.twin.trouble import Dropped
from snapshelf.twin.wire import JSON, LARGEST, Answer, Bounded, Call, Lasting, Refusal, Service

PATIENCE = 60  # seconds a connection may take to send a request that it has begun, or to begin another
LINGER = (32_000_000, 10)  # bytes, and seconds, of a refused body that are thrown away, so that its sender can read on
TOO_LARGE = "Request body exceeds max allowed size"


class Twin:
    """A running server; `close` ends it. ``endpoint`` is what clients are given as ``endpoint_url``."""

    def __init__(self, services: Sequence[Service], gate: Gate, port: int = 0, objects: Objects | None = None) -> None:
        """Serve at once on 127.0.0.1; port 0 takes a free one. Raises Busy for a port in use, Outside.

        objects: S3, which has a port of its own and ends with the twin.
        """
        self.gate, self.services, self.objects = gate, tuple(services), objects
        gate.attach(self.services)
        handler = type("Handler", (_Handler,), {"twin": self})
        try:
            self._server = _Server(("127.0.0.1", port), handler)
        except OSError as error:
            if port and error.errno in (48, 98):
                raise Busy(f"port {port} is in use; give another with --port, or 0 for any free one") from error
            raise of_system(error) from error
        self.port: int = self._server.server_address[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def route(self, call: Call) -> tuple[Service, str] | None:
        """The service and the operation that a call is for, by its method and path alone."""
        for service in self.services:
            operation = service.operation(call)
            if operation is not None:
                return service, operation
        return None

    def close(self) -> None:
        """Stop listening, end the connections, and let the services close their files."""
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join()
        for service in self.services:
            if isinstance(service, Lasting):
                service.close()
        if self.objects is not None:
            self.objects.close()

    def __enter__(self) -> Twin:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: Callable[..., Any]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End what connections are still there; their threads see the end of their stream."""
        for request in list(self._open):
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._open.discard(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is no event; anything else is a fault of the twin and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "snapshelf-twin"
    timeout = PATIENCE
    disable_nagle_algorithm = True
    wbufsize = 65536  # an answer is written once, in whole
    rbufsize = 65536
    twin: Twin

    def answer_call(self) -> None:
        """Read one request, answer it."""
        try:
            answer = self._answer()
        except Refusal as refusal:
            answer = refusal.answer()
        except Dropped:
            self.close_connection = True
            return
        self._write(answer)
        if self.close_connection:
            self._linger()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = answer_call

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no HTTP at all is refused in JSON too, and ends the connection."""
        self.close_connection, self.request_version = True, self.protocol_version
        self._write(Refusal(code, "SerializationException", message or "Not a request").answer())

    def handle_expect_100(self) -> bool:
        """Say "continue" unless the body is too large to be read at all."""
        length = self.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > self._largest():
            return True
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def _answer(self) -> Answer:
        call = self._call(b"")
        length = self._length(call)
        body = self.rfile.read(length)
        if len(body) < length:
            raise Dropped
        return self.twin.gate.answer(self.twin.route(call), self._call(body))

    def _length(self, call: Call) -> int:
        """Bytes of the body. Raises Refusal for one that is too large, or whose length is not given."""
        length = self.headers.get("Content-Length")
        if self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            raise Refusal(411, "MissingContentLength", "A request needs a Content-Length header")
        if length is None:
            return 0
        if not length.isascii() or not length.isdigit():
            self.close_connection = True
            raise Refusal(400, "SerializationException", "Content-Length is no number")
        if int(length) > self._largest(call):
            self.close_connection = True
            raise Refusal(400, "ValidationException", TOO_LARGE)
        return int(length)

    def _largest(self, call: Call | None = None) -> int:
        found = self.twin.route(call or self._call(b""))
        return found[0].largest if found and isinstance(found[0], Bounded) else LARGEST

    def _call(self, body: bytes) -> Call:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, unquote(path), parse_qs(query, keep_blank_values=True), headers, body, self.path)

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)  # with Date
        headers: Mapping[str, str] = {"Content-Type": JSON, "x-amzn-requestid": str(uuid.uuid4()), **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _linger(self) -> None:
        """Read on for a moment, so that a client which is still sending finds the answer and no reset."""
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            left, end = LINGER[0], time.monotonic() + LINGER[1]
            while left > 0 and time.monotonic() < end and (read := self.rfile.read1(65536)):
                left -= len(read)
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the gate logs calls, by operation."""
