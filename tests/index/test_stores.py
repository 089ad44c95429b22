"""What a library does is the same wherever it is held: every test runs over a folder and over a Milvus server."""

import subprocess
import sys
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from index.address import is_remote, milvus_address, open_place
from index.config import IndexSettings
from index.errors import Cancelled, CitewellError, LibraryAway, ModelMismatch, NotFound
from index.library import Library
from index.milvus import MilvusStore
from index.milvus.words import decoded, encoded
from index.originals import shipped_folder
from tests.conftest import FakeEmbedder
from tests.index.milvus_server import MilvusServer, make_empty

NAME = "shelf"
TIDES = "# Tides\n\n" + "The tide turns twice a day, and the harbour master writes its height into a book. " * 3
DOCKS = "# Docks\n\nA dock is dry. The tide fills it.\n"
LONG = "".join(f"## Part {n}\n\nParagraph number {n} tells of harbour {n}, its pilots and its lamps.\n\n" for n in range(400))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = MilvusServer(tmp_path_factory.mktemp("milvus") / "data")
    found.start()
    yield found
    found.stop()


@pytest.fixture(params=["local", pytest.param("milvus", marks=pytest.mark.slow)])
def opened(request, tmp_path):
    """Opens the test's library; each time as another process would."""
    with ExitStack() as stack:
        if request.param == "milvus":
            server = request.getfixturevalue("server")
            store = milvus_store(server, tmp_path)
            make_empty(store)
            store.close()

        def open_(embedder=None, **options):
            place = tmp_path / "library" if request.param == "local" else milvus_store(server, tmp_path)
            return stack.enter_context(Library(place, embedder or FakeEmbedder(), **options))

        open_.address = str(tmp_path / "library") if request.param == "local" else server.address(NAME)
        open_.is_local = request.param == "local"
        yield open_


def milvus_store(server, folder, name=NAME):
    return MilvusStore(milvus_address(server.address(name)), folder / "beside", index="FLAT", fresh_seconds=0)


@pytest.fixture
def library(opened):
    return opened()


def words(library, text, k=9, **options):
    return found(library, library.search_words(text, k, **options))


def meaning(library, text, k=9, **options):
    return found(library, library.search_vectors(library.embed([text])[0], k, **options))


def found(library, hits):
    """The sources of what was found, by their file names, best first."""
    chunks = library.chunks([number for number, _ in hits])
    sources = {document.id: Path(document.source).name for document in library.documents()}
    return [sources[chunks[number].document_id] for number, _ in hits]


def ids(hits):
    """Without scores: those of words count, until they are cleaned away, also what is not to be seen."""
    return [number for number, _ in hits]


def test_an_empty_library(library):
    assert (library.documents(), library.chunk_count(), library.setting("model")) == ([], 0, None)
    assert words(library, "tide") == meaning(library, "tide") == library.similar_words("tide", 1) == []
    assert not library.holds_word("tide")
    assert library.lexical().frequency("tide") == 0
    assert library.chunks([1]) == library.chunk_vectors([1]) == library.also_in([1]) == {}
    assert library.with_hash("0" * 64) == []
    with pytest.raises(NotFound, match="No document"):
        library.remove("tides.md")
    library.ping()


def test_add_search_replace_and_remove(library, opened, write_file):
    report = library.add([write_file("tides.md", TIDES), write_file("docks.md", DOCKS)])
    assert report.count("added") == 2
    other = opened()
    for one in (library, other):
        assert [Path(d.source).name for d in one.documents()] == ["docks.md", "tides.md"]
        assert words(one, "dry dock") == ["docks.md"]
        assert sorted(words(one, "tide")) == ["docks.md", "tides.md"]
        assert meaning(one, "harbour master", 1) == ["tides.md"]
        assert one.chunk_count() == sum(d.report.chunks for d in one.documents())
    library.add([write_file("docks.md", DOCKS.replace("dry", "wet"))])
    for one in (library, other):
        assert (words(one, "dry"), words(one, "wet")) == ([], ["docks.md"])
        assert (one.holds_word("dry"), one.holds_word("wet")) == (False, True)
        assert len(one.documents()) == 2
    other.remove("docks.md")
    for one in (library, other):
        assert (words(one, "wet"), words(one, "tide")) == ([], ["tides.md"])
        assert [Path(d.source).name for d in one.documents()] == ["tides.md"]
        with pytest.raises(NotFound, match="no longer"):
            one.document(report.files[1].document_id)
    facts = library.facts()
    assert (facts["documents"], facts["chunks"], facts["copies"], facts["model"]) == (1, library.chunk_count(), 0, "fake")


def test_what_is_found_is_whole(library, write_file):
    """Spans count code points, whatever the signs; what is stored comes back as it was."""
    text = "# Zeichen 𝔘\n\nDas Schiff 🚢 fährt über den Ärmelkanal, e\u0301tude, ﬁnal.\n\n潮が満ちる。港は開く。\n\nहिन्दी में ज्वार आता है।\n"
    library.add([write_file("zeichen.md", text)])
    [summary] = library.documents()
    document = library.document(summary.id)
    for query in ("Ärmelkanal", "潮", "ज्वार"):
        hits = library.search_words(query, 3)
        assert hits, query
        for chunk in library.chunks([number for number, _ in hits]).values():
            assert document.text[chunk.start : chunk.end] == chunk.text
    ids = [number for number, _ in library.search_vectors(library.embed(["Schiff"])[0], 9)]
    vectors = library.chunk_vectors(ids)
    assert all(np.linalg.norm(vector) == pytest.approx(1) and vector.dtype == np.float32 for vector in vectors.values())
    assert library.facts()["documents"] == 1


def test_cosines_and_their_order(library, write_file):
    library.add([write_file(f"{n}.md", f"Harbour {n} has {n} lamps and a pilot.\n") for n in range(12)])
    vector = library.embed(["harbour 3 pilot"])[0]
    hits = library.search_vectors(vector, 5)
    stored = library.chunk_vectors([number for number, _ in hits])
    assert [score for _, score in hits] == pytest.approx([float(stored[number] @ vector) for number, _ in hits], abs=1e-5)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))
    assert hits == library.search_vectors(vector, 5)


def test_rare_words_weigh_more(library, write_file):
    library.add([write_file(f"{n}.md", f"The pilot of harbour {n} waits.\n") for n in range(8)])
    library.add([write_file("lamp.md", "The lamp of the pilot burns.\n")])
    assert words(library, "pilot lamp", 1) == ["lamp.md"]
    lexical = library.lexical()
    assert [lexical.frequency(term) for term in lexical.terms("pilots lamp nowhere")] == [9, 1, 0]


def test_a_word_that_is_nearly_there(library, write_file):
    library.add([write_file("tides.md", TIDES), write_file("other.md", "Nothing of the kind.\n")])
    [chunk] = library.chunks(library.similar_words("harbuor", 2)).values()
    assert "harbour" in chunk.text
    assert library.similar_words("zzzzzzzz", 2) == []


def test_chosen_documents(library, write_file):
    """However many others are better."""
    library.add([write_file(f"{n}.md", f"# T{n}\n\nThe tide, the tide, the tide of harbour {n}.\n") for n in range(40)])
    library.add([write_file("last.md", "# Last\n\nOnce a tide was mentioned beside a great many other things.\n")])
    last = library.within(["last.md"])
    [(number, _)] = last.search_words("tide", 3)
    [(near, cosine)] = last.search_vectors(library.embed(["tide"])[0], 3)
    assert number == near
    assert number in ids(library.search_words("tide", 99))
    assert dict(library.search_vectors(library.embed(["tide"])[0], 99))[near] == pytest.approx(cosine, abs=1e-6)
    assert (last.holds_word("harbour"), last.holds_word("mention"), last.similar_words("harbur", 1)) == (False, True, [])
    with pytest.raises(NotFound, match="not among"):
        last.document(library.find("3.md").id)


def test_passages_that_say_the_same_are_found_once(library, write_file):
    first = library.add([write_file("a/tides.md", TIDES)]).files[0].document_id
    second = library.add([write_file("b/tides.md", TIDES.replace("# Tides", "# TIDES"))]).files[0]
    assert "near-duplicate" in second.warnings[-1]
    [(number, _)] = library.search_words("tide", 9)
    assert library.chunks([number])[number].document_id == first
    assert [place[0] for place in library.also_in([number])[number]] == [second.document_id]
    [other] = library.other_sources(first, 0, 9)
    assert other.endswith("b/tides.md")
    scope = library.within([second.document_id])
    [(own, _)] = scope.search_words("tide", 9)
    assert scope.chunks([own])[own].document_id == second.document_id
    assert scope.other_sources(second.document_id, 0, 9) == ()
    assert library.facts()["copies"] == 1
    library.remove(first)
    [(number, _)] = library.search_words("tide", 9)
    assert library.chunks([number])[number].document_id == second.document_id
    assert library.also_in([number]) == {}


def test_adding_again_changes_nothing(library, opened, write_file):
    paths = [write_file("tides.md", TIDES), write_file("docks.md", DOCKS)]
    library.add(paths)
    before = library.facts(), library.documents(), library.search_words("tide", 9)
    again = opened()
    assert again.add(paths).count("unchanged") == 2
    assert again.embedder.embedded == []
    facts = again.facts()
    assert ({**facts, "folder": ""}, again.documents()) == ({**before[0], "folder": ""}, before[1])
    assert again.search_words("tide", 9) == before[2]
    paths[0].touch()
    assert again.add(paths).count("unchanged") == 2


def test_of_a_changed_document_only_what_changed_is_embedded(opened, write_file):
    library = opened(chunk_tokens=16)
    library.add([write_file("long.md", LONG)])
    library.embedder.embedded.clear()
    library.add([write_file("long.md", LONG.replace("harbour 7,", "anchorage 7,"))])
    assert [text for text in library.embedder.embedded if "anchorage" in text] == library.embedder.embedded != []


def test_cancelled_in_the_middle(opened, write_file):
    library = opened(chunk_tokens=16)
    library.add([write_file("long.md", DOCKS)])

    def stop(progress):
        if progress.share:
            raise Cancelled

    report = library.add([write_file("long.md", LONG)], progress=stop)
    assert report.count("skipped") == 1
    assert words(library, "pilots") == []
    assert words(library, "dock") == ["long.md"]
    library.facts()


_KILLED = """
import os, sys
from pathlib import Path
from index.address import open_place
from index.config import IndexSettings
from index.library import Library
from tests.conftest import FakeEmbedder

class Dying(FakeEmbedder):
    def embed(self, texts):
        if self.embedded:
            os._exit(9)
        return super().embed(texts)

place = open_place(sys.argv[1], IndexSettings(milvus_index="FLAT"))
Library(place, Dying(), chunk_tokens=16).add([sys.argv[2]])
"""


@pytest.mark.parametrize("there", [False, True], ids=["new", "replaced"])
def test_killed_in_the_middle(opened, write_file, tmp_path, monkeypatch, there):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    library = opened(chunk_tokens=16)
    library.add([write_file("docks.md", DOCKS)])
    if there:
        library.add([write_file("long.md", TIDES)])
    before = library.documents(), ids(library.search_words("tide", 9))
    path = write_file("long.md", LONG)
    killed = subprocess.run([sys.executable, "-c", _KILLED, opened.address, str(path)], capture_output=True, text=True)
    assert killed.returncode == 9, killed.stderr
    for one in (library, opened(chunk_tokens=16)):
        assert (one.documents(), ids(one.search_words("tide", 9))) == before
        assert words(one, "pilots") == []
        assert not one.holds_word("pilot")
        one.facts()
    if not opened.is_local:
        left_behind = library._store
        table = left_behind.chunk_table(left_behind.state())
        assert left_behind.engine.count(table, "id != 0") > library.chunk_count()
        with left_behind.writing() as writer:
            writer.clean(older_than=0)
        assert left_behind.engine.count(table, "id != 0") == library.chunk_count()
        assert library.documents() == before[0]
    assert library.add([path]).skipped == ()
    assert len(words(library, "pilots", 5)) == 5
    library.facts()


def test_another_model_is_refused_until_it_is_embedded_again(library, opened, write_file):
    library.add([write_file("tides.md", TIDES), write_file("docks.md", DOCKS)])
    with pytest.raises(ModelMismatch, match="was embedded with 'fake' .256 dimensions.*citewell rebuild --library"):
        opened(FakeEmbedder("other", dimension=64))
    moved = opened(FakeEmbedder("other", dimension=64), other_model=True)
    assert moved.rebuild() == moved.chunk_count()
    assert meaning(moved, "dry dock", 1) == words(moved, "dry", 1) == ["docks.md"]
    assert (moved.facts()["model"], moved.facts()["dimension"]) == ("other", "64")
    assert len(moved.documents()) == 2
    with pytest.raises(ModelMismatch):
        library.search_words("tide", 3)


def test_rebuilding_that_fails_leaves_the_library_as_it_was(library, opened, write_file):
    library.add([write_file("tides.md", TIDES), write_file("docks.md", DOCKS)])
    before = library.documents(), library.search_words("tide", 9), library.facts()["chunks"]

    def stop(progress):
        if progress.done:
            raise Cancelled

    with pytest.raises(Cancelled):
        opened(FakeEmbedder("other", dimension=64), other_model=True).rebuild(progress=stop)
    assert (library.documents(), library.search_words("tide", 9), library.facts()["chunks"]) == before
    assert library.add([write_file("new.md", "A new lamp.\n")]).count("added") == 1


@pytest.mark.parametrize("name", ['it\'s "quoted".md', "a or 1 == 1.md", "%_*?[x].md", "back\\slash.md", "ünï 🚢.md", "x'); drop.md"])
def test_hostile_names_and_words(library, write_file, name):
    path = write_file(name, f"# {name}\n\nThe lamp burns. text_match(words, '') or id != 0 \" ' \\ {{}} % zx41\n")
    library.add([path])
    library.add([write_file("other.md", DOCKS)])
    assert words(library, "lamp") == [path.name]
    assert library.find(path.name).source == str(path)
    scope = library.within([str(path)])
    assert [len(scope.search_words(text, 9)) for text in ("lamp", "dock", "'\"\\", "zx41")] == [1, 0, 0, 1]
    assert library.remove(path.name).source == str(path)
    assert words(library, "lamp") == []


def test_long_titles_and_many_headings(library, write_file):
    """Longer than any field."""
    title = "Harbour lamps and pilots " * 4_000
    library.add([write_file("long.md", f"# {title}\n\nThe dock is dry.\n")])
    [document] = library.documents()
    assert library.document(document.id).title == document.title
    assert words(library, "dock") == ["long.md"]
    library.facts()


def test_a_document_without_a_word(library, write_file):
    library.add([write_file("—.txt", "— — —\n\n+++ === +++\n")])
    assert len(library.documents()) == 1
    assert library.search_words("— +++", 3) == []
    library.facts()


def test_copies_of_uploads(library, opened, tmp_path, write_file):
    data = bytes(range(256)) * 1_000
    path = write_file("sent/note.md", "A note.\n")
    library.add_folder_as(path.parent, "uploaded:", keep_originals=True)
    [document] = library.documents()
    path.unlink()
    assert opened().original(document.id) == b"A note.\n"
    library._store.copies.keep(data)
    assert library._store.copies.read(sha256(data).hexdigest()) == data
    library.remove(document.id)
    assert library._store.copies.read(sha256(b"A note.\n").hexdigest()) is None
    with pytest.raises(NotFound):
        library.original(document.id)


def test_settings(library, opened, write_file):
    library.add([write_file("docks.md", DOCKS)])
    library.set_setting("shipped_documents", "added")
    assert opened().setting("shipped_documents") == "added"


@pytest.mark.slow
def test_two_write_the_same_documents_at_the_same_time(server, tmp_path):
    """Each document is one of the two that were written, whole."""
    texts = {word: f"# Lamp\n\nThe {word} lamp burns.\n" * 3 for word in ("green", "red")}
    with ExitStack() as stack:
        libraries = [stack.enter_context(Library(milvus_store(server, tmp_path), FakeEmbedder())) for _ in texts]
        make_empty(libraries[0]._store)
        libraries[0].add([])
        for word, text in texts.items():
            for n in range(6):
                path = tmp_path / word / f"{n}.md"
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
        writers = [
            Thread(target=library.add_folder_as, args=(tmp_path / word, "lamps/")) for library, word in zip(libraries, texts, strict=True)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        for library in libraries:
            assert [document.source for document in library.documents()] == [f"lamps/{n}.md" for n in range(6)]
            assert all(library.document(document.id).text in texts.values() for document in library.documents())
            assert library.facts()["documents"] == 6


# the two side by side


@pytest.mark.slow
def test_both_find_the_same_in_the_shipped_documents(server, tmp_path):
    """By meaning the same chunks with the same cosines; by words the first of one among the first five of the other.

    The words are the same in both. BM25 differs in how title and headings count: apart and by half in the one, as words of the text
    in the other.
    """
    from index.embed import SentenceEmbedder

    embedder = SentenceEmbedder()
    questions = [
        "What do Bar Raisers look for?",
        "How does working backwards begin?",
        "Who is Belinda Zeng?",
        "How long do the internships last?",
    ]
    with Library(tmp_path / "local", embedder) as local, Library(milvus_store(server, tmp_path, "shipped"), embedder) as remote:
        for library in (local, remote):
            library.add_folder_as(shipped_folder(), "citewell:corpus/")
        assert local.chunk_count() == remote.chunk_count()
        assert local.facts()["copies"] == remote.facts()["copies"]

        def place(library, hits):
            chunks = library.chunks([number for number, _ in hits])
            return [(chunks[number].document_id, chunks[number].start) for number, _ in hits]

        for question in questions:
            vector = embedder.embed([question])[0]
            near = [library.search_vectors(vector, 20) for library in (local, remote)]
            assert [score for _, score in near[0]] == pytest.approx([score for _, score in near[1]], abs=1e-5)
            assert place(local, near[0]) == place(remote, near[1])
            by_words = [place(library, library.search_words(question, 5)) for library in (local, remote)]
            assert by_words[0][0] in by_words[1]
            assert by_words[1][0] in by_words[0]
            assert len(set(by_words[0]) & set(by_words[1])) >= 3
        lexical = [library.lexical() for library in (local, remote)]
        for term in lexical[0].terms(" ".join(questions)):
            assert lexical[0].frequency(term) <= lexical[1].frequency(term) <= lexical[0].frequency(term) + local.facts()["copies"] + 40


@pytest.mark.slow
def test_a_server_that_is_away_and_comes_back(tmp_path):
    server = MilvusServer(tmp_path / "data")
    server.start()
    with ExitStack() as stack:
        stack.callback(server.stop)
        store = MilvusStore(milvus_address(server.address("away")), tmp_path / "beside", index="FLAT", fresh_seconds=0, seconds=2)
        library = stack.enter_context(Library(store, FakeEmbedder()))
        (tmp_path / "docks.md").write_text(DOCKS)
        library.add([tmp_path / "docks.md"])
        server.stop()
        for ask in (library.ping, library.documents, lambda: library.search_words("dock", 1), lambda: library.add([tmp_path / "docks.md"])):
            with pytest.raises(LibraryAway, match=rf"The library is away: the Milvus server at 127.0.0.1:{server.port} does not answer"):
                ask()
        with pytest.raises(LibraryAway):
            MilvusStore(milvus_address(server.address("away")), tmp_path / "beside", seconds=1)
        server.start()
        store.engine._away_until = 0.0
        assert words(library, "dock") == ["docks.md"]
        assert meaning(library, "dock") == ["docks.md"]


# addresses and words


def test_addresses(tmp_path):
    assert milvus_address("milvus://shelf.example:1234/books_2") == (
        "http://shelf.example:1234",
        "books_2",
        "milvus://shelf.example:1234/books_2",
    )
    assert milvus_address("milvus+tls://[::1]/b") == ("https://[::1]:19530", "b", "milvus+tls://[::1]:19530/b")
    assert all(map(is_remote, ("milvus://h/n", "milvus+tls://h/n")))
    assert not any(map(is_remote, ("/milvus:/h", "milvus", "C:/x", "./milvus://h/n")))
    assert open_place(str(tmp_path), IndexSettings()) == tmp_path


@pytest.mark.parametrize("wrong", ["", "h", "h/", "h/a-b", "h/1a", "h:99999/a", "u:p@h/a", "h/a/b"])
def test_wrong_addresses(wrong):
    with pytest.raises(CitewellError, match="is no address of a library"):
        open_place(f"milvus://{wrong}", IndexSettings())


def test_without_pymilvus_its_install_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(CitewellError, match=r"needs pymilvus.*citewell\[milvus\]"):
        open_place("milvus://h/n", IndexSettings())


@pytest.mark.parametrize("term", ["dock", "1912", "潮", "ज्वार", "zx", "zx41", "zxg"])
def test_words_come_back(term):
    assert encoded(term).isascii()
    assert decoded(encoded(term)) == term
