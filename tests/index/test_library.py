import os
from threading import Event, Thread

import pytest

from index.errors import LibraryBusy, ModelMismatch, NotFound
from index.library import Library
from index.lock import writing
from tests.conftest import FakeEmbedder
from tests.index.files import make_pdf

LOCKS = "# Locks\n\nThe upper lock lifts a barge.\n\n## Hours\n\nIt closes at nine.\n"
TIDES = "# Tides\n\nThe tide turns twice a day.\n"


@pytest.fixture
def library(tmp_path, embedder):
    """A library of chunks so short that the two sections of `LOCKS` do not share one."""
    with Library(tmp_path / "library", embedder, chunk_tokens=12) as opened:
        yield opened


def found_texts(library, question, k=5):
    """What both searches find: texts by vectors, texts by words."""
    dense = [number for number, _ in library.search_vectors(library.embed([question])[0], k)]
    words = [number for number, _ in library.search_words(question, k)]
    chunks = library.chunks([*dense, *words])
    return [chunks[number].text for number in dense], [chunks[number].text for number in words]


def test_an_empty_library_finds_nothing(library):
    assert found_texts(library, "tide") == ([], [])
    assert (library.documents(), library.chunk_count()) == ([], 0)


def test_a_folder_may_be_named_by_a_string(tmp_path, embedder, write_file):
    with Library(str(tmp_path / "named"), embedder) as library:
        library.add([write_file("tides.md", TIDES)])
        assert library.chunk_count() == 1
    assert (tmp_path / "named" / "library.sqlite").is_file()


def test_what_is_added_is_found_by_both_searches(library, write_file):
    report = library.add([write_file("locks.md", LOCKS), write_file("tides.md", TIDES)])
    assert [(file.status, file.title, file.chunks, file.words) for file in report.files] == [
        ("added", "Locks", 2, 14),
        ("added", "Tides", 1, 8),
    ]
    dense, words = found_texts(library, "when does the tide turn")
    assert dense[0] == words[0] == "# Tides\n\nThe tide turns twice a day."


def test_title_and_headings_are_embedded_with_a_chunk(library, write_file, embedder):
    library.add([write_file("locks.md", LOCKS)])
    assert embedder.embedded == ["Locks\n# Locks\n\nThe upper lock lifts a barge.", "Locks > Hours\n## Hours\n\nIt closes at nine."]


def test_chunk_vectors_are_those_of_the_embedder(library, write_file, embedder):
    library.add([write_file("tides.md", TIDES)])
    expected = embedder.embed(["Tides\n# Tides\n\nThe tide turns twice a day."])[0]
    assert {number: vector.tolist() for number, vector in library.chunk_vectors([1, 99]).items()} == {1: expected.tolist()}


def test_progress_tells_of_each_file_and_of_the_end(library, write_file):
    seen = []
    paths = [write_file("locks.md", LOCKS), write_file("tides.md", TIDES)]
    library.add(paths, progress=seen.append)
    assert [(p.done, p.total, p.chunks, p.source) for p in seen] == [(0, 2, 0, str(paths[0])), (1, 2, 2, str(paths[1])), (2, 2, 3, "")]


def test_a_missing_path_adds_nothing(library, write_file, tmp_path):
    with pytest.raises(NotFound, match="none.md: no such file or folder. Nothing was added."):
        library.add([write_file("tides.md", TIDES), tmp_path / "none.md"])
    assert library.documents() == []


def test_files_that_cannot_be_read_are_skipped_by_name_and_the_rest_goes_on(library, write_file):
    bad = [
        write_file("1.txt", b""),
        write_file("2.pdf", make_pdf([[]])),
        write_file("3.pdf", b"%PDF-1.4 nothing"),
        write_file("4.zip", b"PK"),
        write_file("5.txt", b"a\x00b"),
    ]
    report = library.add([*bad, write_file("tides.md", TIDES)])
    assert [file.status for file in report.files] == ["skipped"] * 5 + ["added"]
    for path, file in zip(bad, report.skipped, strict=True):
        assert file.warnings[0].startswith(f"{path}: ")
        assert file.warnings[0].endswith(".")
    assert len(library.documents()) == 1


def test_a_file_of_nothing_but_teasers_is_added_with_a_warning(library, write_file):
    report = library.add([write_file("a.txt", "Related content\nA tale of two locks.\n")])
    assert (report.files[0].status, report.files[0].chunks, report.files[0].removed) == ("added", 0, {"label": 1, "teaser": 1})
    assert "nothing in it can be searched" in report.files[0].warnings[0]


def test_an_unchanged_file_is_not_read_again(library, write_file, embedder):
    path = write_file("locks.md", LOCKS)
    library.add([path])
    embedder.embedded.clear()
    report = library.add([path])
    assert [(file.status, file.chunks) for file in report.files] == [("unchanged", 2)]
    assert embedder.embedded == []


def test_of_a_changed_file_only_changed_chunks_are_embedded(library, write_file, embedder):
    library.add([write_file("locks.md", LOCKS)])
    embedder.embedded.clear()
    report = library.add([write_file("locks.md", LOCKS.replace("nine", "ten"))])
    assert [file.status for file in report.files] == ["replaced"]
    assert embedder.embedded == ["Locks > Hours\n## Hours\n\nIt closes at ten."]
    assert found_texts(library, "nine")[1] == []
    assert found_texts(library, "ten")[1] == ["## Hours\n\nIt closes at ten."]
    assert library.chunk_count() == 2


def test_a_file_that_became_unreadable_leaves_what_was_stored(library, write_file):
    path = write_file("tides.md", TIDES)
    library.add([path])
    path.write_bytes(b"")
    assert [file.status for file in library.add([path]).files] == ["skipped"]
    assert found_texts(library, "tide")[1] != []


def test_what_is_removed_is_gone_from_both_searches_at_once(library, write_file):
    library.add([write_file("locks.md", LOCKS), write_file("tides.md", TIDES)])
    assert library.remove("tides.md").title == "Tides"
    dense, words = found_texts(library, "tide")
    assert words == []
    assert all("tide" not in text for text in dense)
    with pytest.raises(NotFound, match="No document 'tides.md'"):
        library.remove("tides.md")


def test_a_document_is_found_by_id_source_path_or_name(library, write_file, monkeypatch):
    path = write_file("a/locks.md", LOCKS)
    document_id = library.add([path]).files[0].document_id
    monkeypatch.chdir(path.parent)
    assert {library.find(name).id for name in (document_id, str(path), "locks.md", "./locks.md")} == {document_id}
    other = write_file("b/locks.md", TIDES)
    library.add([other])
    monkeypatch.chdir("/")
    with pytest.raises(NotFound, match=f"'locks.md' could be {path} or {other}. Give the whole path or the id."):
        library.find("locks.md")


def test_a_document_that_is_gone(library, write_file):
    document_id = library.add([write_file("tides.md", TIDES)]).files[0].document_id
    assert library.document(document_id).title == "Tides"
    library.remove(document_id)
    with pytest.raises(NotFound, match="not, or no longer"):
        library.document(document_id)


def test_add_folder_as_puts_a_name_in_place_of_the_folder(library, write_file):
    folder = write_file("shipped/sub/tides.md", TIDES).parent.parent
    assert library.add_folder_as(folder, "citewell:corpus/").files[0].source == "citewell:corpus/sub/tides.md"


def test_settings_and_facts(library, write_file):
    assert library.setting("shipped") is None
    library.set_setting("shipped", "yes")
    library.add([write_file("locks.md", LOCKS)])
    facts = library.facts()
    assert library.setting("shipped") == "yes"
    wanted = {"model": "fake", "dimension": "256", "chunk_tokens": "12", "documents": 1, "chunks": 2, "vectors": 2}
    assert facts["indexes"] == "up to date"
    assert {name: facts[name] for name in wanted} == wanted


def test_a_library_is_opened_again_without_embedding(tmp_path, write_file):
    with Library(tmp_path / "l", FakeEmbedder()) as library:
        library.add([write_file("tides.md", TIDES)])
    reader = FakeEmbedder()
    with Library(tmp_path / "l", reader) as library:
        assert library.search_words("tide", 3) != []
    assert reader.embedded == []


def test_rebuild_cuts_and_embeds_all_again(tmp_path, write_file, library, embedder):
    library.add([write_file("locks.md", LOCKS + "\nOne more sentence of some length stands here. And one more.\n")])
    with Library(library.folder, embedder, chunk_tokens=8) as smaller:
        assert smaller.rebuild() == smaller.chunk_count() > 2
        assert smaller.setting("chunk_tokens") == "8"
        assert found_texts(smaller, "upper lock")[1] != []


def test_another_model_is_refused_with_the_command_that_helps(library, write_file):
    library.add([write_file("tides.md", TIDES)])
    with pytest.raises(ModelMismatch) as caught:
        Library(library.folder, FakeEmbedder("better", dimension=64))
    assert "was embedded with 'fake' (256 dimensions), the configured model is 'better'" in str(caught.value)
    assert f"citewell rebuild --library '{library.folder}' --model 'better'" in str(caught.value)


def test_rebuild_moves_a_library_to_another_model(library, write_file):
    library.add([write_file("locks.md", LOCKS), write_file("tides.md", TIDES)])
    assert library.search_words("tide", 1) != []
    with Library(library.folder, FakeEmbedder("better", dimension=64), chunk_tokens=12, other_model=True) as moved:
        with pytest.raises(ModelMismatch):
            moved.add([write_file("locks.md", TIDES)])
        assert moved.rebuild() == 3
        assert found_texts(moved, "tide turns")[0][0] == "# Tides\n\nThe tide turns twice a day."
        assert moved.facts()["dimension"] == "64"
    with pytest.raises(ModelMismatch, match="embedded with 'better'"):
        library.search_words("tide", 1)


def test_an_interrupted_rebuild_leaves_the_library_as_it_was(library, write_file):
    library.add([write_file("locks.md", LOCKS), write_file("tides.md", TIDES)])

    def interrupt(progress):
        if progress.done:
            raise KeyboardInterrupt

    with (
        Library(library.folder, FakeEmbedder("better", dimension=64), other_model=True) as moved,
        pytest.raises(KeyboardInterrupt),
    ):
        moved.rebuild(progress=interrupt)
    assert found_texts(library, "tide turns")[0][0] == "# Tides\n\nThe tide turns twice a day."


def test_an_interrupted_add_keeps_whole_documents(library, write_file):
    def interrupt(progress):
        if progress.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add([write_file("locks.md", LOCKS), write_file("tides.md", TIDES)], progress=interrupt)
    assert [document.title for document in library.documents()] == ["Locks"]
    assert found_texts(library, "barge")[1] != []


def test_two_libraries_on_one_folder_see_each_others_changes(library, embedder, write_file):
    path = write_file("tides.md", TIDES)
    with Library(library.folder, embedder) as other:
        assert found_texts(other, "tide") == ([], [])
        library.add([path])
        assert found_texts(other, "tide")[1] == found_texts(library, "tide")[1] != []
        document_id = other.documents()[0].id
        assert other.document(document_id).text == TIDES
        library.add([write_file("tides.md", TIDES.replace("twice", "never"))])
        assert "never" in other.document(document_id).text
        other.remove("tides.md")
        assert found_texts(library, "tide") == ([], [])


def test_readers_go_on_while_another_writes(library, embedder, write_file):
    library.add([write_file("tides.md", TIDES)])
    with Library(library.folder, embedder) as reader, writing(library.folder):
        assert found_texts(reader, "tide")[1] != []
        with pytest.raises(LibraryBusy, match=rf"process {os.getpid()} on "):
            reader.add([write_file("locks.md", LOCKS)])


def test_a_first_search_while_another_writes_needs_no_files(library, embedder, write_file):
    library.add([write_file("tides.md", TIDES)])
    (library.folder / "vectors.faiss").unlink()
    with Library(library.folder, embedder) as reader, writing(library.folder):
        assert [texts[0] for texts in found_texts(reader, "tide")] == ["# Tides\n\nThe tide turns twice a day."] * 2


def test_threads_search_while_one_adds(library, write_file):
    """The adding thread stands still inside its first file until the searches are through."""
    library.add([write_file("tides.md", TIDES)])
    started, searched = Event(), Event()

    def pause(progress):
        started.set()
        assert searched.wait(60)

    adding = Thread(target=library.add, args=([write_file("locks.md", LOCKS)],), kwargs={"progress": pause})
    adding.start()
    assert started.wait(60)
    seen = [found_texts(library, "tide")[1] for _ in range(3)]
    searched.set()
    adding.join(60)
    assert seen == [["# Tides\n\nThe tide turns twice a day."]] * 3
    assert found_texts(library, "barge")[1] != []


def test_threads_that_add_wait_for_each_other(library, write_file):
    paths = [write_file(f"{number}.md", f"# Doc {number}\n\nWord{number} stands here.\n") for number in range(6)]
    threads = [Thread(target=library.add, args=([path],)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for number in range(6):
        assert found_texts(library, f"word{number}")[1] == [f"# Doc {number}\n\nWord{number} stands here."]


def test_the_same_folder_and_question_give_the_same_hits(library, embedder, write_file):
    library.add([write_file(f"{number}.md", f"# Doc {number}\n\nThe same words.\n") for number in range(5)])
    vector = embedder.embed(["the same words"])[0]
    first = library.search_vectors(vector, 5), library.search_words("same words", 5)
    with Library(library.folder, embedder) as other:
        assert (other.search_vectors(vector, 5), other.search_words("same words", 5)) == first


def test_a_large_library_finds_by_lists_and_compares_exactly(library, write_file, monkeypatch):
    monkeypatch.setattr("index.vectors.FLAT_UP_TO", 20)
    library.add([write_file(f"{number}.md", f"# Note {number}\n\nThe word{number} stands here alone.\n") for number in range(40)])
    assert library.facts()["search"] == "24 lists, exact among the found"
    vector = library.embed(["word17"])[0]
    found = library.search_vectors(vector, 3)
    stored = library.chunk_vectors([number for number, _ in found])
    assert [score for _, score in found] == [float(stored[number] @ vector) for number, _ in found]
    assert "word17" in library.chunks([found[0][0]])[found[0][0]].text
