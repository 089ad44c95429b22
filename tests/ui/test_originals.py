import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.index.files import make_pdf
from ui.guard import guard
from ui.originals import add_document_routes, original_link


@pytest.fixture
def client(library):
    app = Starlette()
    guard(app, "127.0.0.1")
    add_document_routes(app, library)
    return TestClient(app, base_url="http://127.0.0.1:7860")


@pytest.fixture
def get(client, library, write_file):
    """Adds a file and asks for its original."""

    def ask(name, data):
        report = library.add([write_file(name, data)]).files[0]
        return client.get(f"/{original_link(report.document_id)}")

    return ask


def test_plain_text_is_shown_as_it_is(get):
    data = "# Note\n\n<script>alert('é')</script> stays text.\n".encode()
    response = get("note.md", data)
    assert response.status_code == 200 and response.content == data
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["content-disposition"].startswith('inline; filename="note.md"')
    assert response.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "private, no-store"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert response.headers["referrer-policy"] == "no-referrer"


def test_text_that_is_not_unicode_is_not_said_to_be(get):
    assert get("old.txt", "Die Größe der Straße ist bekannt. ".encode("latin-1") * 9).headers["content-type"] == "text/plain"


def test_a_pdf_is_shown_and_has_no_sandbox_that_would_keep_it_from_being_shown(get):
    data = make_pdf([["A page with a few words on it."]])
    response = get("page.pdf", data)
    assert response.content == data
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith("inline;")
    assert "sandbox" not in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name, data",
    [
        ("page.html", b"<html><body><h1>Page</h1><p>Some words here.</p><script>alert(1)</script></body></html>"),
        ("page.txt", b"<!doctype html><html><body><p>Some words here.</p><script>alert(1)</script></body></html>"),
        ("feed.xml", b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><title>A</title></item></channel></rss>'),
        ("mail.eml", b"From: a@example.org\nSubject: Hello\nDate: Mon, 3 Jun 2024 10:00:00 +0000\n\nSome words here.\n"),
    ],
)
def test_anything_else_is_saved_to_the_disk(get, name, data):
    response = get(name, data)
    assert response.content == data
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
    assert response.headers["content-security-policy"].startswith("sandbox")


def test_a_name_cannot_leave_its_header(get):
    response = get('a"; filename=evil.html; x="\r\nSet-Cookie: a=b\u202e é.txt', b"Some words here.")
    disposition = response.headers["content-disposition"]
    assert disposition.startswith("inline; filename=\"a__ filename_evil.html_ x__Set-Cookie_ a_b _.txt\"; filename*=UTF-8''a%22%3B")
    assert "set-cookie" not in response.headers and disposition.count('"') == 2
    assert disposition.endswith("%C3%A9.txt") and "%E2%80%AE" not in disposition


def test_a_file_that_has_changed_is_said_to_have(client, library, write_file):
    number = library.add([write_file("note.md", "# Note\n\nOne.")]).files[0].document_id
    write_file("note.md", "# Note\n\nTwo.")
    response = client.get(f"/documents/{number}")
    assert response.status_code == 404
    assert "the file has changed or gone since it was read" in response.text
    assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("number", ["0" * 16, "x", "..%2f..%2fetc%2fpasswd", "0" * 17, "A" * 16, "%00"])
def test_what_is_not_there_is_not_found(client, number):
    assert client.get(f"/documents/{number}").status_code == 404


def test_a_foreign_host_name_is_refused(client, library, write_file):
    number = library.add([write_file("note.md", "# Note\n\nOne.")]).files[0].document_id
    assert client.get(f"/documents/{number}", headers={"Host": "evil.example"}).status_code == 400
    assert client.post(f"/documents/{number}").status_code == 405


def test_the_link_of_a_pdf_is_to_the_page():
    assert original_link("0123456789abcdef", 3) == "documents/0123456789abcdef#page=3"
