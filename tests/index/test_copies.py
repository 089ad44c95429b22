"""Passages that say the same are found once, and all places are named; none is ever lost."""

import pytest

from index.library import Library
from tests.conftest import FakeEmbedder

TIDES = "# Tides\n\n" + "The tide turns twice a day, and the harbour master writes its height into a book. " * 3
SAME = TIDES.replace("# Tides", "# TIDES").replace(" ", "  ")


@pytest.fixture
def three(library, write_file):
    """A document and two copies of it; their ids."""
    report = library.add([write_file("a.md", TIDES), write_file("b.md", SAME), write_file("c.md", TIDES)])
    return [file.document_id for file in report.files]


def numbers(library):
    return [number for number, _ in library.search_words("tide", 9)], [n for n, _ in library.search_vectors(library.embed(["tide"])[0], 9)]


def test_copies_are_found_once_and_named(library, three):
    assert numbers(library) == ([1], [1])
    assert library.also_in([1]) == {1: [(three[1], 0, len(SAME.strip())), (three[2], 0, len(TIDES.strip()))]}
    assert library.also_in([3])[3][0][0] == three[0]
    assert {name: library.facts()[name] for name in ("chunks", "copies", "vectors")} == {"chunks": 3, "copies": 2, "vectors": 1}


def test_the_next_copy_comes_in_place_of_one_that_goes(library, three):
    library.remove(three[0])
    assert numbers(library) == ([2], [2])
    library.remove(three[1])
    assert numbers(library) == ([3], [3])
    assert library.also_in([3]) == {}
    library.remove(three[2])
    assert numbers(library) == ([], [])


def test_a_copy_that_goes_changes_nothing(library, three):
    library.remove(three[1])
    assert numbers(library) == ([1], [1])
    assert [place[0] for place in library.also_in([1])[1]] == [three[2]]


def test_the_next_copy_comes_also_where_the_first_is_changed(library, three, write_file):
    library.add([write_file("a.md", "# Docks\n\nA dock is dry.\n")])
    assert numbers(library) == ([2], [2, 4])
    library.add([write_file("a.md", TIDES)])
    assert numbers(library) == ([2], [2])
    library.remove(three[1])
    assert numbers(library) == ([3], [3])


def test_an_index_that_is_made_again_holds_the_same(library, three):
    library.remove(three[0])
    for name in ("vectors.json", "lexical.json"):
        (library.folder / name).unlink()
    with Library(library.folder, FakeEmbedder()) as again:
        assert numbers(again) == ([2], [2])
    assert library.rebuild() == 2
    assert len(numbers(library)[0]) == 1


def test_the_same_words_under_another_title_are_found_for_themselves_and_named(library, write_file):
    """A reader may ask for the one or the other, so that both are found; each names the other."""
    team = "\n\n## About the team\n\n" + TIDES.partition("\n\n")[2]
    own = "Some words that only this posting has, so that they make a chunk. " * 8
    files = library.add([write_file("a.md", f"# Pilot\n\n{own}{team}"), write_file("b.md", f"# Keeper\n\n{own[::-1]}{team}")]).files
    found = [chunk for chunk in library.chunks(numbers(library)[0]).values() if "tide" in chunk.text]
    assert [chunk.document_id for chunk in found] == [file.document_id for file in files]
    assert [place[0] for place in library.also_in([found[0].id])[found[0].id]] == [files[1].document_id]


def test_a_short_text_means_something_else_under_another_title(library, write_file):
    library.add([write_file("locks.txt", "It closes at nine."), write_file("cafe.txt", "It closes at nine.")])
    assert sorted(number for number, _ in library.search_words("closes", 9)) == [1, 2]
    assert library.also_in([1, 2]) == {}


def test_a_near_duplicate_is_told_while_the_first_is_there(library, write_file):
    first = write_file("a.md", TIDES)
    report = library.add([first, write_file("b.md", SAME), write_file("c.md", "# C\n\nOther.\n")])
    warning = f"near-duplicate of {first}: 1 of its 1 chunks stand there too"
    assert [file.warnings for file in report.files] == [(), (warning,), ()]
    assert [document.report.warnings for document in library.health()] == [(), (warning,), ()]
    library.remove(str(first))
    assert [document.report.warnings for document in library.health()] == [(), ()]
