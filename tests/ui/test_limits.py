"""Each limit on a small application whose clock stands still."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.limits import Allowance, Limited, Limits


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(clock):
    async def size(request):
        return PlainTextResponse(str(len(await request.body())))

    app = Starlette(routes=[Route(path, size, methods=["GET", "POST"]) for path in ("/api/x", "/v1/x", "/page")])
    app.add_middleware(Limited, limits=Limits(request_bytes=10, requests_per_minute=6, requests_at_once=1), clock=clock)
    return app


def client_of(app, address="10.0.0.1"):
    return TestClient(app, client=(address, 1))


def test_what_is_left_fills_up_again_with_time(clock):
    allowance = Allowance(6, clock)
    assert [allowance.take("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]
    assert allowance.take("b") == 0
    clock.now = 5
    assert allowance.take("a") == 5
    clock.now = 10
    assert [allowance.take("a"), allowance.take("a")] == [0, 10]
    clock.now = 1000
    assert [allowance.take("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]


@pytest.mark.parametrize("form", ["stated", "in parts"])
def test_a_request_that_is_too_large_is_refused(app, form):
    def body(text):
        return text if form == "stated" else iter([text[:4], text[4:]])

    client = client_of(app)
    assert client.post("/api/x", content=body(b"0123456789")).text == "10"
    response = client.post("/api/x", content=body(b"0123456789x"))
    assert (response.status_code, response.json()["detail"][:38]) == (413, "The request is larger than 10 bytes. S")
    assert client.post("/v1/x", content=body(b"0123456789x")).json()["error"]["code"] == "request_too_large"
    assert client.post("/page", content=body(b"0123456789x")).text == "11"


def test_too_many_requests_a_minute_wait(app, clock):
    client = client_of(app)
    assert [client.get("/api/x").status_code for _ in range(7)] == [200] * 6 + [429]
    response = client.get("/v1/x")
    assert (response.headers["retry-after"], response.json()["error"]["code"]) == ("10", "rate_limit_exceeded")
    assert client.get("/page").status_code == 200
    assert client_of(app, "10.0.0.2").get("/api/x").status_code == 200
    clock.now = 10
    assert client.get("/api/x").status_code == 200


def test_one_network_of_ipv6_is_one_caller(app):
    assert [client_of(app, f"2001:db8::{n}").get("/api/x").status_code for n in range(7)] == [200] * 6 + [429]


def test_requests_at_the_same_time_are_counted_and_given_back(clock):
    seen = []

    async def main():
        inside, end = anyio.Event(), anyio.Event()

        async def slow(scope, receive, send):
            inside.set()
            await end.wait()
            await PlainTextResponse("done")(scope, receive, send)

        limited = Limited(slow, Limits(requests_at_once=1), clock=clock)

        async def ask(name):
            async def receive():
                return {"type": "http.request", "body": b""}

            async def send(message):
                if message["type"] == "http.response.start":
                    seen.append((name, message["status"]))

            await limited({"type": "http", "path": "/api/x", "headers": [], "user": name}, receive, send)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, "alice")
            await inside.wait()
            await ask("alice")
            tasks.start_soon(ask, "bob")
            end.set()
        await ask("alice")

    anyio.run(main)
    assert seen[0] == ("alice", 429)
    assert sorted(seen[1:]) == [("alice", 200), ("alice", 200), ("bob", 200)]
