import re
from hashlib import sha256

import pytest

from index.errors import CitewellError
from tests.ui.programs import application, client_of, small_library
from ui.passwords import Users
from ui.tokens import new_token, revoke_token, token_names


@pytest.fixture
def file(tmp_path):
    return tmp_path / "users"


def test_a_token_is_long_and_only_its_hash_is_kept(file):
    token = new_token(file, "robot")
    assert re.fullmatch(r"citewell-[\w-]{43}", token)
    assert file.read_text() == f"robot:$sha256${sha256(token.encode()).hexdigest()}\n"
    assert new_token(file, "robot") != token
    assert len(file.read_text().splitlines()) == 1


def test_tokens_are_listed_and_revoked_by_name(file):
    for name in ("robot", "laptop"):
        new_token(file, name)
    assert token_names(file) == ["laptop", "robot"]
    revoke_token(file, "robot")
    assert token_names(file) == ["laptop"]
    with pytest.raises(CitewellError, match="robot has no token.*laptop"):
        revoke_token(file, "robot")


def test_a_file_that_is_not_there_and_a_name_that_will_not_do_are_told(file):
    with pytest.raises(CitewellError, match="citewell token NAME"):
        token_names(file)
    with pytest.raises(CitewellError, match="will not do"):
        new_token(file, "a:b")
    assert not file.exists()


def test_a_file_of_others_is_left_as_it_is(file):
    file.write_text("precious\n")
    with pytest.raises(CitewellError, match="line 1"):
        new_token(file, "robot")
    assert file.read_text() == "precious\n"


def test_users_know_whose_token_it_is_as_the_file_is_now(file):
    token = new_token(file, "robot")
    users = Users.of(str(file))
    assert users.name_of_token(token) == "robot"
    assert [users.name_of_token(other) for other in ("", "x", token + "x", "\ud800")] == [None] * 4
    revoke_token(file, "robot")
    assert users.name_of_token(token) is None


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokens")
    token = new_token(folder / "users", "robot")
    with small_library(folder) as library:
        yield application(library, users=Users.of(str(folder / "users"))), token


@pytest.fixture(autouse=True)
def no_names_afterwards(monkeypatch):
    monkeypatch.setattr("ui.users._required", True)


def test_a_token_opens_everything(app):
    app, token = app
    client = client_of(app, headers={"Authorization": f"Bearer {token}"})
    for path in ("/api/documents", "/v1/models", "/config", "/api"):
        assert client.get(path).status_code == 200
    assert client.get("/config").json()["username"] == "robot"


@pytest.mark.parametrize("sent", ["Bearer guess", "Bearer ", "bearer x", "Basic eDp5", "citewell", ""])
def test_anything_else_opens_nothing(app, sent):
    client = client_of(app[0], headers={"Authorization": sent})
    for path in ("/api/documents", "/config", "/api/openapi.json"):
        response = client.get(path)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
        assert response.json()["detail"]
    error = client.post("/v1/chat/completions", json={}).json()["error"]
    assert (error["code"], error["type"]) == ("invalid_api_key", "invalid_request_error")
    assert "citewell token" in error["message"]
    assert client.get("/healthz").status_code == 200
