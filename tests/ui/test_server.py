"""The whole server, Gradio's routes and ours, as a program finds it that was let in or not."""

import asyncio
import re

import pytest
from starlette.testclient import TestClient

from tests.ui.conftest import QUOTE
from ui.app import web_app
from ui.passwords import Users, set_password

PASSWORD = "correct horse"


@pytest.fixture
def users(tmp_path, monkeypatch):
    from argon2 import PasswordHasher

    monkeypatch.setattr("ui.users._required", False)
    monkeypatch.setattr("ui.passwords._hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    set_password(tmp_path / "users", "alice", PASSWORD)
    return Users.of(str(tmp_path / "users"))


@pytest.fixture
def app(assistant, users):
    # inside a running loop, since Gradio makes one, and never closes it, where there is none
    async def build():
        return web_app(assistant, users=users)

    return asyncio.run(build())


@pytest.fixture
def client(app):
    return TestClient(app, base_url="http://127.0.0.1:7860", follow_redirects=False)


@pytest.fixture
def alice(client):
    assert client.post("/sign-in", data={"name": "alice", "password": PASSWORD}).status_code == 303
    return client


def every_route(app):
    for route in app.routes:
        if hasattr(route, "methods"):
            yield from ((method, re.sub(r"\{[^}]*\}", "x", route.path)) for method in sorted(route.methods or {"GET"}))
        elif hasattr(route, "original_router"):
            yield from every_route(route.original_router)
        elif hasattr(route.app, "routes"):
            yield from ((method, route.path + path) for method, path in every_route(route.app))


def test_no_route_answers_without_a_session(client, app):
    tried = sorted({*every_route(app), ("GET", "/gradio_api/mcp/"), ("GET", "/nowhere")} - {("GET", "/healthz"), ("HEAD", "/healthz")})
    assert {"/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/run/x", "/gradio_api/component_server", "/config"} <= {
        p for _, p in tried
    }
    answers = {(method, path): client.request(method, path).status_code for method, path in tried}
    assert {route: status for route, status in answers.items() if status != 401} == {}


def test_whoever_is_signed_in_is_named_to_gradio(alice, assistant, make_answer):
    assistant.answers["How much leave?"] = make_answer("How much leave?", QUOTE)
    assert alice.get("/config").json()["username"] == "alice"
    response = alice.post("/gradio_api/run/ask", json={"data": ["How much leave?"]})
    assert response.json()["data"][0]["answer"] == f"{QUOTE} [1]"


def test_the_watcher_needs_no_session(client):
    assert client.get("/healthz").json() == {"status": "ok"}
