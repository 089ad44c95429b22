import pytest

from index.errors import CitewellError
from ui.user_file import read_users, write_user


def test_a_name_may_have_a_password_and_a_token(tmp_path):
    file = tmp_path / "users"
    write_user(file, "alice", "$argon2id$", "$argon2id$a")
    write_user(file, "alice", "$sha256$", "$sha256$b")
    write_user(file, "alice", "$argon2id$", "$argon2id$c")
    users = read_users(file)
    assert (users.passwords, users.tokens) == ({"alice": "$argon2id$c"}, {"alice": "$sha256$b"})
    assert file.stat().st_mode & 0o077 == 0
    write_user(file, "alice", "$argon2id$", None)
    assert file.read_text() == "alice:$sha256$b\n"


def test_comments_stay(tmp_path):
    file = tmp_path / "users"
    file.write_text("# alice:$sha256$ was here\nbob:$sha256$1\n")
    write_user(file, "bob", "$sha256$", None)
    assert file.read_text() == "# alice:$sha256$ was here\n"


def test_a_line_of_another_kind_is_an_error_that_names_it(tmp_path):
    file = tmp_path / "users"
    file.write_text("alice:$sha256$1\nbob:secret\n")
    with pytest.raises(CitewellError, match="line 2"):
        read_users(file)
