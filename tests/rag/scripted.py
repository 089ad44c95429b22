"""A server on this machine that speaks OpenAI's protocol and says what a test tells it to, well or badly."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

DONE = b"data: [DONE]\n\n"
Reply = Callable[["Handler"], None]


class Scripted(ThreadingHTTPServer):
    """Answers each request with `reply`; `asked` are the bodies of the requests, `headers` what came with them."""

    daemon_threads = True
    # a thread that hangs is part of what is tested; it goes with the process
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply: Reply = saying("Hello.")
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.ended = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def prompts(self) -> list[str]:
        """All words of each request."""
        return ["\n".join(message["content"] for message in body["messages"]) for body in self.asked]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves half way is no error here."""


class Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.server.headers.append(dict(self.headers))
        self.server.reply(self)

    def do_GET(self) -> None:
        self.server.headers.append(dict(self.headers))
        self.send(200, [json.dumps({"object": "list", "data": [{"id": "scripted", "object": "model"}]}).encode()], "application/json")

    def send(self, status: int, pieces: Sequence[bytes] | Iterator[bytes], media_type: str = "text/event-stream") -> None:
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("connection", "close")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


@contextmanager
def scripted() -> Iterator[Scripted]:
    """A server for as long as the block runs."""
    with Scripted() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()


def event(text: str | None, reason: str | None = None, **more: Any) -> bytes:
    """One event of a stream."""
    choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": reason}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": [choice], **more}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def events(text: str, size: int = 5, reason: str | None = "stop") -> list[bytes]:
    """A text in events of `size` characters, and the end if there is a reason for one."""
    cut = [event(text[at : at + size]) for at in range(0, len(text), size)]
    return cut + ([event(None, reason), DONE] if reason else [])


def saying(text: str, size: int = 5, reason: str | None = "stop") -> Reply:
    """A reply in order."""
    return lambda handler: handler.send(200, events(text, size, reason))


def sending(*pieces: bytes, status: int = 200, media_type: str = "text/event-stream") -> Reply:
    """A reply of these very bytes."""
    return lambda handler: handler.send(status, pieces, media_type)


def hanging(*pieces: bytes) -> Reply:
    """These bytes, and then nothing until the test ends."""

    def reply(handler: Handler) -> None:
        handler.send(200, pieces)
        handler.server.ended.wait()

    return reply


def pausing(first: Sequence[bytes], gate: Event, rest: Sequence[bytes] = (), left: Event | None = None) -> Reply:
    """The first bytes, signs of life until the gate opens, and the rest; `left` is set if the client goes before."""

    def reply(handler: Handler) -> None:
        def pieces() -> Iterator[bytes]:
            yield from first
            while not gate.wait(0.02) and not handler.server.ended.is_set():
                yield b": alive\n\n"
            yield from rest

        try:
            handler.send(200, pieces())
        except OSError:
            if left:
                left.set()
            raise

    return reply


def without_end(piece: bytes) -> Reply:
    """The same bytes again and again, for as long as anyone listens."""

    def reply(handler: Handler) -> None:
        handler.send(200, iter(lambda: piece, None))

    return reply
