"""Chosen documents are searched as if there were no others."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import NotFound
from index.library import Library
from tests.conftest import FakeEmbedder

TIDES = "# Tides\n\n" + "The tide turns twice a day, and the harbour master writes its height into a book. " * 3
TEXTS = {
    "a/tides.md": TIDES,
    "a/docks.md": "# Docks\n\nA dock is dry. The tide fills it.\n",
    "b/tides.md": TIDES.replace("# Tides", "# TIDES").replace(" ", "  "),
    "b/ships.md": "# Ships\n\nA ship waits for the tide. The master has a book.\n",
    "b/moon.txt": "The moon draws the tide twice a day.",
}


@pytest.fixture
def ids(library, write_file):
    """The ids of the documents by their names; b/tides.md is a copy of a/tides.md."""
    paths = {name: write_file(name, text) for name, text in TEXTS.items()}
    return {name: file.document_id for name, file in zip(TEXTS, library.add(paths.values()).files, strict=True)}


def found(searchable, text="tide book", k=9):
    """The documents of what both searches find, best first."""
    vector = searchable.embed([text])[0]
    hits = [number for number, _ in searchable.search_words(text, k)], [number for number, _ in searchable.search_vectors(vector, k)]
    return [[chunk.document_id for number in numbers for chunk in [searchable.chunks([number])[number]]] for numbers in hits]


def test_only_the_chosen_are_found(library, ids):
    for name, number in ids.items():
        assert found(library.within([number])) == [[number], [number]], name
    chosen = [ids["a/docks.md"], ids["b/ships.md"]]
    assert [sorted(numbers) for numbers in found(library.within(chosen))] == [sorted(chosen)] * 2


def test_what_is_chosen_is_found_however_many_others_are_better(library, write_file):
    """A filter behind a cut would lose it."""
    library.add([write_file(f"{n}.md", f"# T{n}\n\nThe tide, the tide, the tide of harbour {n}.\n") for n in range(60)])
    last = library.add([write_file("last.md", "# Last\n\nOnce a tide was mentioned beside a great many other things.\n")]).files[0]
    assert last.document_id not in found(library, "tide", 5)[0]
    assert found(library.within(["last.md"]), "tide", 5) == [[last.document_id]] * 2


def test_scores_are_those_of_the_whole_library(library, ids):
    vector = library.embed(["tide"])[0]
    scope = library.within([ids["b/ships.md"], ids["b/moon.txt"]])
    for own, all_ in (
        (scope.search_words("tide", 9), library.search_words("tide", 9)),
        (scope.search_vectors(vector, 9), library.search_vectors(vector, 9)),
    ):
        assert dict(own).items() <= {number: pytest.approx(score) for number, score in all_}.items()


def test_the_copy_in_a_chosen_document_stands_for_the_one_outside(library, ids):
    scope = library.within([ids["b/tides.md"]])
    assert found(scope) == [[ids["b/tides.md"]]] * 2
    [(number, _)] = scope.search_words("tide", 9)
    assert scope.also_in([number]) == {}
    assert [place[0] for place in library.also_in([number])[number]] == [ids["a/tides.md"]]
    assert scope.other_sources(ids["b/tides.md"], 0, 9) == ()
    assert len(library.other_sources(ids["b/tides.md"], 0, 9)) == 1


def test_of_two_chosen_copies_one_is_found_and_the_other_named(library, ids):
    both = library.within([ids["a/tides.md"], ids["b/tides.md"]])
    assert found(both) == [[ids["a/tides.md"]]] * 2
    [(number, _)] = both.search_words("tide", 9)
    assert [place[0] for place in both.also_in([number])[number]] == [ids["b/tides.md"]]
    library.remove(ids["a/tides.md"])
    assert found(both) == [[ids["b/tides.md"]]] * 2


def test_words(library, ids):
    scope = library.within([ids["b/moon.txt"]])
    [dock] = library.lexical().terms("dock")
    [moon] = library.lexical().terms("moon")
    assert (library.holds_word(dock), scope.holds_word(dock), scope.holds_word(moon), scope.holds_word("zebra")) == (
        True,
        False,
        True,
        False,
    )
    assert scope.similar_words("moan", 1) == [number for number, _ in scope.search_words("moon", 9)]
    assert scope.similar_words("dack", 1) == []


def test_other_documents_cannot_be_read_through_it(library, ids):
    scope = library.within([ids["b/moon.txt"]])
    assert scope.document(ids["b/moon.txt"]).title == "moon"
    with pytest.raises(NotFound, match="not among those that are asked"):
        scope.document(ids["a/docks.md"])
    numbers = [number for number, _ in library.search_words("tide", 9)]
    assert {chunk.document_id for chunk in scope.chunks(numbers).values()} == {ids["b/moon.txt"]}


def test_a_document_that_goes_is_not_found_and_the_others_are(library, ids):
    scope = library.within([ids["b/moon.txt"], ids["b/ships.md"]])
    library.remove(ids["b/moon.txt"])
    assert found(scope) == [[ids["b/ships.md"]]] * 2
    library.remove(ids["b/ships.md"])
    assert found(scope) == [[], []]


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["docks.md"], ["a/docks.md"]),
        (["docks.md", "docks.md"], ["a/docks.md"]),
        (["*.txt"], ["b/moon.txt"]),
        (["*s.md"], ["a/docks.md", "a/tides.md", "b/ships.md", "b/tides.md"]),
        (["moon.txt", "d?cks.md"], ["a/docks.md", "b/moon.txt"]),
    ],
)
def test_names_and_patterns(library, ids, names, chosen):
    assert library.within(names).documents == tuple(ids[name] for name in chosen)


def test_paths_folders_and_ids(library, ids, tmp_path, monkeypatch):
    below = tuple(ids[name] for name in ("b/moon.txt", "b/ships.md", "b/tides.md"))
    for name in ("b", "b/", "b/*", str(tmp_path / "files" / "b")):
        monkeypatch.chdir(tmp_path / "files")
        assert library.within([name]).documents == below, name
    assert library.within([ids["b/moon.txt"]]).documents == library.within(["b/moon.txt"]).documents == below[:1]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["zebra.md"], "No document 'zebra.md' in .* `citewell list` shows"),
        (["*.pdf"], "No document '\\*.pdf'"),
        (["tides.md"], "could be .* Give the whole path or the id"),
        ([""], "No document ''"),
        ([], "No documents were chosen"),
    ],
)
def test_a_name_that_stands_for_none_is_refused(library, ids, names, says):
    with pytest.raises(NotFound, match=says):
        library.within(names)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_outside_any_scope(tmp_path_factory, data):
    """Each scope finds as many chunks as a library that holds its documents alone, and in none of the others."""
    words = st.sampled_from("tide moon dock ship book master harbour".split())
    texts = data.draw(st.lists(st.lists(words, min_size=1, max_size=60).map(" ".join), min_size=1, max_size=6))
    chosen = data.draw(st.sets(st.integers(0, len(texts) - 1), min_size=1))
    folder = tmp_path_factory.mktemp("scope")
    paths = [folder / f"{n}.txt" for n in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    with Library(folder / "all", FakeEmbedder()) as library, Library(folder / "some", FakeEmbedder()) as alone:
        files = library.add(paths).files
        alone.add([paths[n] for n in chosen])
        scope = library.within([files[n].document_id for n in chosen])
        vector = library.embed(["tide moon"])[0]
        assert set(found(scope)[0]) | set(found(scope)[1]) <= {files[n].document_id for n in chosen}
        assert len(scope.search_words("tide moon", 99)) == len(alone.search_words("tide moon", 99))
        similarities = [score for _, score in scope.search_vectors(vector, 99)]
        assert similarities == pytest.approx([score for _, score in alone.search_vectors(vector, 99)])
