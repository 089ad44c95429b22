"""Signing in, on a small application that says who was asking."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ui import users as asking
from ui.attempts import Attempts
from ui.auth import SignIn
from ui.guard import OwnPage
from ui.passwords import Users, set_password
from ui.sessions import Sessions

PASSWORD = "correct horse"


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def file(tmp_path, monkeypatch):
    from argon2 import PasswordHasher

    monkeypatch.setattr("ui.passwords._hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    set_password(tmp_path / "users", "alice", PASSWORD)
    return tmp_path / "users"


@pytest.fixture
def app(file, clock):
    async def echo(websocket):
        await websocket.accept()
        await websocket.send_text(websocket.scope["user"])
        await websocket.close()

    app = Starlette(
        routes=[
            Route("/", lambda request: HTMLResponse(f"here is {request.user}")),
            Route("/documents/one", lambda request: PlainTextResponse(request.user), methods=["GET", "POST"]),
            Route("/kept", lambda request: PlainTextResponse("", headers={"Cache-Control": "max-age=60"})),
            Route("/healthz", lambda request: PlainTextResponse("ok")),
            WebSocketRoute("/socket", echo),
        ]
    )
    users = Users.of(str(file))
    app.add_middleware(SignIn, users=users, attempts=Attempts(clock), sessions=Sessions(users, clock))
    app.add_middleware(OwnPage, hosts=["chat.example.org"])
    return app


def client_of(app, address="10.0.0.1", scheme="http"):
    return TestClient(app, base_url=f"{scheme}://127.0.0.1:7860", client=(address, 5), follow_redirects=False)


@pytest.fixture
def client(app):
    return client_of(app)


def sign_in(client, name="alice", password=PASSWORD, **more):
    return client.post("/sign-in", data={"name": name, "password": password, **more})


PAGE = {"Accept": "text/html"}


def test_nothing_answers_without_a_session_but_the_way_in_and_the_sign_of_life(client):
    assert client.get("/", headers=PAGE).headers["location"] == "/sign-in"
    assert client.get("/documents/one?x=1", headers=PAGE).headers["location"] == "/sign-in?next=/documents/one%3Fx%3D1"
    for method, path in [
        ("GET", "/"),
        ("GET", "/documents/one"),
        ("POST", "/documents/one"),
        ("HEAD", "/"),
        ("OPTIONS", "/"),
        ("GET", "/none"),
    ]:
        response = client.request(method, path)
        assert response.status_code == 401, path
    assert "signed out" in client.get("/").json()["detail"]
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("ws://127.0.0.1:7860/socket"):
        pass
    assert client.get("/sign-in").status_code == 200
    assert client.get("/healthz").text == "ok"


@pytest.mark.parametrize(
    "path", ["/sign-in/", "//sign-in", "/sign-in/../", "/healthz/", "/healthz/../documents/one", "/SIGN-IN", "/sign-in%2f.."]
)
def test_a_path_that_looks_like_the_way_in_is_not(client, path):
    assert client.get(path).status_code == 401


def test_the_right_password_lets_in_and_names_the_person(client):
    response = sign_in(client)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    cookie = response.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/")) and "Secure" not in cookie
    assert client.get("/").text == "here is alice"
    assert client.get("/").headers["cache-control"] == "no-store"
    assert client.get("/kept").headers["cache-control"] == "max-age=60"
    with client.websocket_connect("ws://127.0.0.1:7860/socket") as socket:
        assert socket.receive_text() == "alice"


def test_over_https_the_cookie_is_for_https_only(app):
    assert "Secure" in sign_in(client_of(app, scheme="https")).headers["set-cookie"]


@pytest.mark.parametrize(
    ("name", "password"), [("alice", "wrong horse"), ("nobody", PASSWORD), ("", ""), ("alice", ""), ("ALICE", PASSWORD)]
)
def test_a_wrong_name_or_password_is_told_alike(client, name, password):
    response = sign_in(client, name, password)
    assert response.status_code == 401
    assert "The name or the password is not right" in response.text
    assert "set-cookie" not in response.headers
    assert "wrong horse" not in response.text
    assert client.get("/").status_code == 401


def test_an_unknown_name_takes_the_work_of_a_known_one(file, monkeypatch):
    from argon2 import PasswordHasher

    compared = []
    real = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda self, hashed, password: compared.append(hashed) or real(self, hashed, password))
    users = Users.of(str(file))
    assert users.verify("alice", "wrong horse") is None
    assert users.verify("nobody", "wrong horse") is None
    assert len(compared) == 2
    assert compared[0].rsplit("$", 2)[0].split("$")[1] == compared[1].rsplit("$", 2)[0].split("$")[1]


def test_wrong_tries_are_slowed_even_with_the_right_password_and_told_for_how_long(client, clock):
    for _ in range(4):
        sign_in(client, password="wrong horse")
        clock.now += 1
    response = sign_in(client)
    assert response.status_code == 429
    assert response.headers["retry-after"] == "1"
    assert "Wait 1 second and try again" in response.text
    clock.now += 1
    assert sign_in(client).status_code == 303


def test_a_slowed_address_does_not_slow_others(app, clock):
    for number in range(4):
        sign_in(client_of(app), name=f"user{number}")
    assert sign_in(client_of(app)).status_code == 429
    assert sign_in(client_of(app, "10.0.0.2")).status_code == 303


def test_a_session_ends_after_twelve_hours_without_a_request_and_after_a_week(client, clock):
    sign_in(client)
    clock.now += 11 * 3600
    assert client.get("/").status_code == 200
    clock.now += 12 * 3600 + 1
    assert client.get("/").status_code == 401
    sign_in(client)
    for _ in range(16):
        clock.now += 10 * 3600
        assert client.get("/").status_code == 200
    clock.now += 10 * 3600
    assert client.get("/").status_code == 401


def test_signing_out_ends_the_session_on_the_server(client):
    sign_in(client)
    cookies = dict(client.cookies)
    response = client.post("/sign-out")
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    assert "Max-Age=0" in response.headers["set-cookie"]
    client.cookies.update(cookies)
    assert client.get("/").status_code == 401
    assert client.get("/sign-out").status_code == 405


def test_a_changed_password_and_a_removed_name_end_the_sessions(app, file):
    alice, bob = client_of(app), client_of(app)
    set_password(file, "bob", PASSWORD)
    sign_in(alice), sign_in(bob, "bob")
    assert (alice.get("/").status_code, bob.get("/").status_code) == (200, 200)
    set_password(file, "alice", "a newer horse")
    assert (alice.get("/").status_code, bob.get("/").status_code) == (401, 200)
    file.write_text("".join(line for line in file.read_text().splitlines(True) if line.startswith("alice")))
    assert bob.get("/").status_code == 401


def test_each_sign_in_has_a_token_of_its_own_and_ends_the_one_before(client):
    sign_in(client)
    first = dict(client.cookies)
    sign_in(client)
    assert dict(client.cookies) != first
    assert client.get("/").status_code == 200
    client.cookies.clear()
    client.cookies.update(first)
    assert client.get("/").status_code == 401


@pytest.mark.parametrize(
    "cookie", ["", "citewell-session-7860=", "citewell-session-7860=guess", "citewell-session-7861=x", "\x01;;=,", "x" * 9000]
)
def test_any_other_cookie_is_nobody(client, cookie):
    sign_in(client)
    client.cookies.clear()
    assert client.get("/", headers={"Cookie": cookie}).status_code == 401


@pytest.mark.parametrize("page", ["/documents/one", "/documents/one?x=1"])
def test_it_goes_on_to_the_page_that_was_asked_for(client, page):
    assert f'value="{page}"' in client.get("/sign-in", params={"next": page}).text
    assert sign_in(client, next=page).headers["location"] == page


@pytest.mark.parametrize(
    "page", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/\tx", "\n/x", "/sign-out", "///x"]
)
def test_it_goes_on_to_no_other_site(client, page):
    assert sign_in(client, next=page).headers["location"] == "/"


def test_what_is_typed_is_shown_as_text(client):
    page = sign_in(client, name='"><script>x</script>', next='/"><script>y</script>').text
    assert "<script>" not in page
    assert "&quot;&gt;&lt;script&gt;x" in page


@pytest.mark.parametrize("body", [b"name=" + b"x" * 9000, b"\xff\xfe", b"&".join(b"a=1" for _ in range(50)), b"[1]"])
def test_what_is_no_form_lets_nobody_in(client, body):
    assert client.post("/sign-in", content=body).status_code == 401


def test_the_page_loads_nothing_and_runs_nothing(client):
    response = client.get("/sign-in")
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in response.text and "src=" not in response.text and "href=" not in response.text
    assert client.request("PUT", "/sign-in").status_code == 405


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:7861", "null", "", "http://127.0.0.1:7860.evil.example"])
def test_another_sites_page_changes_nothing(client, origin):
    sign_in(client)
    for path in ("/documents/one", "/sign-out", "/sign-in"):
        assert client.post(path, headers={"Origin": origin}).status_code == 403
    assert client.get("/").status_code == 200
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("ws://127.0.0.1:7860/socket", headers={"Origin": origin}):
        pass


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://127.0.0.1:7860"}, {"Origin": "https://chat.example.org"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_our_own_page_and_programs_may(client, headers):
    sign_in(client)
    assert client.post("/documents/one", headers=headers).text == "alice"


def test_a_form_of_another_site_that_hides_its_origin_may_not(client):
    sign_in(client)
    assert client.post("/documents/one", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_functions_are_told_who_asks(monkeypatch):
    import gradio as gr
    from starlette.requests import Request

    signed_in, unknown = Request({"type": "http", "user": "alice"}), Request({"type": "http"})
    monkeypatch.setattr(asking, "_required", False)
    assert [asking.user_of(request) for request in (None, gr.Request(), unknown)] == ["", "", ""]
    asking.require_names(True)
    assert [asking.user_of(request) for request in (gr.Request(username="alice"), signed_in)] == ["alice", "alice"]
    for request in (None, gr.Request(), unknown, gr.Request(username="")):
        with pytest.raises(PermissionError, match="signed out"):
            asking.user_of(request)
