import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.guard import allowed_hosts, guard


@pytest.fixture
def client():
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("here"))])
    guard(app, "127.0.0.1")
    return TestClient(app, base_url="http://127.0.0.1:7860")


def test_the_page_may_ask_nobody_else(client):
    response = client.get("/")
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "http" not in policy
    assert response.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:7860"])
def test_a_foreign_host_name_is_refused(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "[::1]:7860"])
def test_this_machines_names_are_served(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_listening_to_all_takes_any_name():
    assert allowed_hosts("0.0.0.0") == ["*"]
    assert "192.168.1.5" in allowed_hosts("192.168.1.5")
