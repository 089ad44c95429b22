import stat

import pytest
from typer.testing import CliRunner

from index.errors import CitewellError
from rag import cli
from ui.passwords import Users, set_password

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Argon2 with the least work, since these tests are not about how strong it is."""
    from argon2 import PasswordHasher

    monkeypatch.setattr("ui.passwords._hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "users"


def test_a_password_is_kept_as_a_hash_that_its_owner_alone_reads(file):
    assert set_password(file, "alice", PASSWORD)
    assert file.read_text().startswith("alice:$argon2id$")
    assert PASSWORD not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_new_password_takes_the_place_of_the_old_one_and_leaves_the_others(file):
    file.write_text("# people\n\n")
    set_password(file, "alice", PASSWORD)
    set_password(file, "bob", "another horse")
    assert not set_password(file, "alice", "a newer horse")
    users = Users.of(str(file))
    assert users.verify("alice", PASSWORD) is None
    assert users.verify("alice", "a newer horse") == users.hash_of("alice")
    assert users.verify("bob", "another horse")
    assert file.read_text().startswith("# people\n")


def test_the_file_is_read_again_when_it_changes(file):
    set_password(file, "alice", PASSWORD)
    users = Users.of(str(file))
    set_password(file, "bob", PASSWORD)
    assert users.verify("bob", PASSWORD)
    file.write_text("nonsense\n")
    assert users.verify("bob", PASSWORD) is None
    file.unlink()
    assert users.hash_of("alice") is None
    set_password(file, "alice", PASSWORD)
    assert users.verify("alice", PASSWORD)


def test_one_name_with_a_file_that_holds_its_password(tmp_path):
    (tmp_path / "secret").write_text(f"{PASSWORD}\nsecond line\n")
    users = Users.of(f"alice:{tmp_path / 'secret'}")
    assert users.verify("alice", PASSWORD)
    assert users.verify("alice", "second line") is None
    assert users.verify("bob", PASSWORD) is None


def test_letters_that_are_written_in_two_ways_are_the_same(file):
    set_password(file, "zoe\u0308", "caf\u00e9 noir")
    assert Users.of(str(file)).verify("zo\u00eb", "cafe\u0301 noir")


@pytest.mark.parametrize(
    ("content", "what"),
    [("", "no user"), ("alice:secret\n", "line 1"), ("# x\n:$argon2id$x\n", "line 2"), ("a b:$argon2id$x\n", "line 1"), (b"\xff", "read")],
)
def test_what_is_no_file_of_users_is_an_error_that_says_where(file, content, what):
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CitewellError, match=what):
        Users.of(str(file))


@pytest.mark.parametrize("option", ["nowhere", "alice:nowhere", "a b:nowhere", ":nowhere"])
def test_a_wrong_option_is_an_error(option):
    with pytest.raises(CitewellError):
        Users.of(option)


@pytest.mark.parametrize(
    ("name", "password"), [("alice", "short"), ("alice", "x" * 1001), ("", PASSWORD), ("a:b", PASSWORD), ("a\nb", PASSWORD)]
)
def test_a_name_or_password_that_will_not_do_changes_nothing(file, name, password):
    with pytest.raises(CitewellError):
        set_password(file, name, password)
    assert not file.exists()


def test_the_command_asks_twice(file):
    run = CliRunner().invoke(cli.app, ["password", "alice", "--file", str(file)], input=f"{PASSWORD}\nother\n{PASSWORD}\n{PASSWORD}\n")
    assert run.exit_code == 0, run.output
    assert PASSWORD not in run.output
    assert Users.of(str(file)).verify("alice", PASSWORD)
