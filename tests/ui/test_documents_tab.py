import secrets
from threading import Event
from types import SimpleNamespace

import pytest

from index.errors import LibraryBusy
from ui.documents_tab import Documents
from ui.uploads import MOST_FILES

ANN, BEN = SimpleNamespace(username="ann"), SimpleNamespace(username="ben")


def said(**what):
    return SimpleNamespace(token=secrets.token_hex(16), **what)


def finish(documents, event):
    """What is said at the end of the job of an event."""
    job = documents._jobs._jobs[event.token]
    assert job.finished.wait(60)
    return documents.progress(event.token)["html"]


@pytest.fixture
def documents(assistant):
    made = Documents(assistant)
    yield made
    made._jobs.stop()


@pytest.fixture
def send(tmp_path, monkeypatch):
    """Puts a file where Gradio keeps what a browser sends, and tells of it as the page does."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))

    def sent(name, text):
        path = tmp_path / "gradio" / secrets.token_hex(32) / "1234.part"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return {"name": name, "size": len(text.encode()), "path": str(path)}

    return sent


def sources(assistant):
    return {document.source for document in assistant.documents()}


def test_the_table_has_a_row_for_each_document(documents):
    page = documents.rows({})
    assert page["matching"] == 1
    assert "<bdi>Employee Handbook</bdi>" in page["html"]


def test_sent_files_are_added_by_name_and_their_copies_are_not_kept(documents, assistant, send, tmp_path):
    event = said(files=[send(name, f"# {name[-6:]}\n\nA text.") for name in ("one.md", "a/b/two.md", ".three.md")], hidden=2)
    documents.add(event, ANN)
    html = finish(documents, event)
    for name in ("one.md", "a/b/two.md", "three.md"):
        assert f'<b>Added</b> <bdi title="{name}">' in html
    assert "2 hidden files left out." in html
    assert sources(assistant) >= {"uploaded:one.md", "uploaded:a/b/two.md", "uploaded:three.md"}
    assert not [path for path in (tmp_path / "gradio").rglob("*") if path.is_file()]
    assert {document.title for document in assistant.documents()} >= {"one.md", "two.md"}


def test_the_same_name_again_replaces_the_document(documents, assistant, send):
    first, second = said(files=[send("one.md", "# One\n\nA text.")], hidden=0), said(files=[send("one.md", "# One\n\nAnother.")], hidden=0)
    for event in (first, second):
        documents.add(event, ANN)
        html = finish(documents, event)
    assert "<b>Replaced</b>" in html
    assert len(sources(assistant)) == 2


def test_two_files_of_the_same_words_and_name_in_two_folders_are_both_added(documents, assistant, send):
    event = said(files=[send("a/readme.md", "# Same\n\nWords."), send("b/readme.md", "# Same\n\nWords.")], hidden=0)
    documents.add(event, ANN)
    assert finish(documents, event).count("<b>Added</b>") == 2


def test_a_file_that_cannot_be_read_is_reported_without_the_servers_folders(documents, send):
    event = said(files=[send("empty.md", "")], hidden=0)
    documents.add(event, ANN)
    html = finish(documents, event)
    assert '<b>Not added</b> <bdi title="empty.md">empty.md</bdi><span> · the file is empty.' in html
    assert "citewell-" not in html


def test_too_many_files_are_refused(documents, assistant):
    event = said(files=[{"name": f"{n}.md", "size": 1, "path": ""} for n in range(MOST_FILES + 1)], hidden=0)
    documents.add(event, ANN)
    assert "5,001 files are more than the limit of 5,000" in finish(documents, event)


@pytest.mark.parametrize("files", [None, "x", [], [1], {"name": "a.md"}])
def test_nonsense_begins_nothing(documents, files):
    event = said(files=files, hidden=0)
    documents.add(event, ANN)
    assert documents.progress(event.token) == {"state": "unknown"}
    documents.remove(said(documents=["<b>", 3, "../../etc"]), ANN)
    assert not documents._jobs._jobs


def test_a_job_is_stopped_and_forgotten_only_by_whose_it_is(documents, assistant, send, monkeypatch):
    at_work, go_on = Event(), Event()
    add = assistant.library.add_folder_as

    def slow(folder, prefix, *, progress, **settings):
        def look(step):
            at_work.set()
            assert step.done == 0 or go_on.wait(60)
            progress(step)

        return add(folder, prefix, progress=look, **settings)

    monkeypatch.setattr(assistant.library, "add_folder_as", slow)
    event = said(files=[send(f"{name}.md", f"# {name}\n\nThe {name}.") for name in "abc"], hidden=0)
    documents.add(event, ANN)
    assert at_work.wait(60)
    documents.cancel(event, BEN)
    assert documents.progress(event.token)["state"] == "working"
    documents.cancel(event, ANN)
    go_on.set()
    html = finish(documents, event)
    assert '<li class="added"><b>Added</b> <bdi title="a.md">' in html
    assert html.count("cancelled.") == 2
    assert sources(assistant) >= {"uploaded:a.md"} and len(sources(assistant)) == 2
    documents.dismiss(event, BEN)
    assert documents.progress(event.token)["state"] == "done"
    documents.dismiss(event, ANN)
    assert documents.progress(event.token) == {"state": "unknown"}


def test_two_people_at_once_are_both_served_one_after_the_other(documents, assistant, send, monkeypatch):
    at_work, go_on = Event(), Event()
    add = assistant.library.add_folder_as

    def slow(folder, prefix, *, progress, **settings):
        at_work.set()
        assert go_on.wait(60)
        return add(folder, prefix, progress=progress, **settings)

    monkeypatch.setattr(assistant.library, "add_folder_as", slow)
    first, second = (said(files=[send(f"{name}.md", f"# {name}\n\nThe {name}.")], hidden=0) for name in ("ann", "ben"))
    documents.add(first, ANN)
    assert at_work.wait(60)
    documents.add(second, BEN)
    assert documents.progress(second.token)["line"] == "Waiting until other work on the library is done."
    go_on.set()
    assert "ann.md" in finish(documents, first) and "ben.md" in finish(documents, second)
    assert sources(assistant) >= {"uploaded:ann.md", "uploaded:ben.md"}


def test_another_program_that_writes_is_waited_for(documents, assistant, send, monkeypatch):
    tried, add = [], assistant.library.add_folder_as

    def busy_at_first(folder, prefix, *, progress, **settings):
        tried.append(folder)
        if len(tried) == 1:
            raise LibraryBusy("It is being written by process 7.")
        return add(folder, prefix, progress=progress, **settings)

    monkeypatch.setattr(assistant.library, "add_folder_as", busy_at_first)
    event = said(files=[send("one.md", "# One\n\nThe first.")], hidden=0)
    documents.add(event, ANN)
    assert "<b>Added</b>" in finish(documents, event)
    assert len(tried) == 2


def test_an_error_that_nobody_foresaw_is_told_and_the_next_job_runs(documents, handbook, monkeypatch, assistant):
    monkeypatch.setattr(assistant, "remove", lambda name: 1 / 0)
    event = said(documents=[handbook.id])
    documents.remove(event, ANN)
    assert "Citewell met an error" in finish(documents, event)
    monkeypatch.undo()
    event = said(documents=[handbook.id])
    documents.remove(event, ANN)
    assert "Removed <b>" in finish(documents, event)


def test_several_documents_are_removed_together(documents, assistant, handbook, write_file):
    assistant.add(write_file("b.md", "# Boats\n\nThey float."), write_file("c.md", "# Cars\n\nThey drive."))
    ids = [document.id for document in assistant.documents() if document.title != "Cars"]
    event = said(documents=[*ids, "0123456789abcdef"])
    documents.remove(event, ANN)
    html = finish(documents, event)
    assert "Boats" in html and "Employee Handbook" in html and "1 document stayed" in html
    assert [document.title for document in assistant.documents()] == ["Cars"]


def test_a_document_is_read_again_from_its_file(documents, assistant, write_file):
    [before] = assistant.documents()

    def again():
        event = said(documents=[before.id])
        documents.read_again(event, ANN)
        return finish(documents, event)

    assert "<b>Unchanged</b>" in again()
    path = write_file("handbook.md", "# Employee Handbook\n\nAll is new.\n")
    assert "<b>Replaced</b>" in again()
    path.unlink()
    assert "is gone, or is not there now" in again()
    assert assistant.documents()[0].id == before.id
    assistant.remove(before.id)
    assert "no longer in the library" in again()
