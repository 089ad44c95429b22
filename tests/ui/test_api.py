"""`/api`: answers, passages and documents as JSON, errors in words, and the page that describes it."""

import re
from threading import Event

import anyio
import pytest

from index.errors import LibraryBusy, LibraryDamaged
from rag import Answer
from tests.rag.scripted import saying, scripted, sending
from tests.ui.conftest import QUOTE
from tests.ui.programs import QUESTION, application, client_of, small_library
from ui.asking import Asking
from ui.limits import Limits
from ui.problems import Busy


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with small_library(tmp_path_factory.mktemp("small")) as library:
        yield client_of(application(library, limits=Limits(requests_per_minute=1000)))


def test_an_answer_is_the_whole_record_and_its_quotes_stand_in_the_document(client):
    response = client.post("/api/answer", json={"question": QUESTION})
    assert response.status_code == 200
    answer = Answer.model_validate_json(response.content)
    assert not answer.abstained and answer.citations
    cited = answer.citations[0]
    document = client.get(f"/api/documents/{cited.document_id}").json()
    assert document["text"][cited.start : cited.end] == cited.quote == QUOTE


def test_a_refusal_is_an_answer(client):
    answer = client.post("/api/answer", json={"question": "Who painted the ceiling of the chapel?"}).json()
    assert (answer["abstained"], answer["citations"]) == (True, [])


def test_the_conversation_completes_a_question(client):
    history = [{"role": "user", "content": "How long is green tea brewed?"}, {"role": "assistant", "content": "Four minutes."}]
    answer = client.post("/api/answer", json={"question": "How is it brewed?", "history": history}).json()
    assert "tea" in answer["resolved_question"]


def test_chosen_documents_alone_are_asked(client):
    answer = client.post("/api/answer", json={"question": QUESTION, "documents": ["tea.md"]}).json()
    assert all(passage["title"] == "Tea" for passage in answer["passages"])
    response = client.post("/api/answer", json={"question": QUESTION, "documents": ["coffee.md"]})
    assert response.status_code == 404
    assert "coffee.md" in response.json()["detail"]


def test_passages_come_best_first(client):
    passages = client.post("/api/retrieve", json={"question": QUESTION, "k": 2}).json()["passages"]
    assert [passage["rank"] for passage in passages] == [1, 2]
    assert QUOTE in passages[0]["text"]


def test_documents_come_in_pages(client):
    first = client.get("/api/documents", params={"limit": 1}).json()
    second = client.get("/api/documents", params={"limit": 1, "offset": 1}).json()
    assert (first["total"], second["total"]) == (2, 2)
    assert [page["documents"][0]["title"] for page in (first, second)] == ["Employee Handbook", "Tea"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "question: Field required."),
        ({"question": ""}, "question: String should have at least 1 character."),
        ({"question": "x" * 2001}, "question: String should have at most 2000 characters."),
        ({"question": "x", "documnts": ["a"]}, "documnts: Extra inputs are not permitted."),
        ({"question": "x", "documents": []}, "documents: List should have at least 1 item after validation, not 0."),
        ({"question": 5, "history": [{"role": "boss", "content": ""}]}, "question: Input should be a valid string (1 more)."),
    ],
)
def test_what_is_not_of_the_form_is_told_by_its_first_fault(client, body, said):
    response = client.post("/api/answer", json=body)
    assert (response.status_code, response.json()) == (422, {"detail": said})


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'{"question": "\\ud800"}', b'"x"', b"1e999"])
def test_what_is_no_json_is_an_error_in_words(client, body):
    response = client.post("/api/answer", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.json()["detail"]


@pytest.mark.parametrize(("path", "status"), [("/api/nothing", 404), ("/api/documents/x", 422), ("/api/documents/0123456789abcdef", 404)])
def test_what_is_not_there_is_told(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert response.json()["detail"]


def test_another_method_is_named(client):
    response = client.get("/api/answer")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(("error", "status"), [(LibraryBusy("wait"), 503), (LibraryDamaged("broken"), 500)])
def test_an_error_of_the_library_is_told_as_it_is(client, monkeypatch, error, status):
    def fails(*_, **__):
        raise error

    monkeypatch.setattr("rag.Assistant.answer", fails)
    response = client.post("/api/answer", json={"question": QUESTION})
    assert (response.status_code, response.json()) == (status, {"detail": str(error)})


def test_a_fault_is_told_without_its_inside(library, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("secret")

    monkeypatch.setattr("rag.Assistant.answer", fails)
    client = client_of(application(library), raise_server_exceptions=False)
    response = client.post("/api/answer", json={"question": QUESTION})
    assert response.status_code == 500
    assert "secret" not in response.text and "met an error" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_the_page_names_every_way_and_field_and_loads_nothing(client, path):
    page = client.get(path)
    described = client.get("/api/openapi.json").json()
    assert set(described["paths"]) == {"/answer", "/retrieve", "/documents", "/documents/{document_id}"}
    for way in described["paths"]:
        assert f"/api{way}" in page.text
    for name, schema in described["components"]["schemas"].items():
        assert f'id="{name}"' in page.text
        assert all(f"<code>{field}</code>" in page.text for field in schema["properties"])
    assert not re.search(r"<script|src=|https?://", page.text)


def test_a_foreign_page_and_a_foreign_name_are_refused(client):
    asked = {"question": QUESTION}
    assert client.post("/api/answer", json=asked, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/api/answer", json=asked, headers={"Host": "evil.example"}).status_code == 400


def test_who_comes_to_a_full_line_is_told_so():
    began, end = Event(), Event()

    class Slow:
        def retrieve(self, *_):
            began.set()
            end.wait(60)
            return "answered"

    async def ask_three():
        asking = Asking(Slow(), at_once=1, waiting=1)
        answers = []

        async def ask():
            answers.append(await asking.retrieve("?", 1))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await anyio.to_thread.run_sync(began.wait)
            tasks.start_soon(ask)
            while not asking.waiting:
                await anyio.lowlevel.checkpoint()
            with pytest.raises(Busy, match="1 questions wait"):
                await asking.retrieve("?", 1)
            end.set()
        return answers

    assert anyio.run(ask_three) == ["answered", "answered"]


def test_what_a_model_wrote_and_is_not_shown_is_counted_and_its_failure_told(tmp_path):
    with scripted() as server, small_library(tmp_path) as library:
        client = client_of(application(library, {"llm_url": server.url, "llm_model": "scripted"}))
        server.reply = saying(f"Leave is paid in gold. {QUOTE[:-1]} [1].")
        answer = client.post("/api/answer", json={"question": QUESTION}).json()
        assert (answer["composer"], answer["withheld"], answer["notes"]) == ("scripted", 1, [])
        server.reply = sending(b"", status=500)
        answer = client.post("/api/answer", json={"question": QUESTION}).json()
        assert (answer["composer"], answer["withheld"]) == ("extractive", 0)
        assert "refused (HTTP 500)" in answer["notes"][0]


def test_the_page_says_what_withheld_and_notes_are(client):
    page = client.get("/api").text
    for name, about in (("withheld", "sentences of the language model"), ("notes", "how the answer came about")):
        assert re.search(rf"<td><code>{name}</code></td>(?:(?!</tr>).)*{about}", page), name
